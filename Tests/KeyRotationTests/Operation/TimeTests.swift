import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import KeyRotation

/// What time does to a rotation, other than pass.
struct TimeTests {
    /// A machine was off for days in the middle of a rotation, and its network comes up late.
    @Test(arguments: ProofWorld.Case.all)
    func theFirstFaultsAfterALongTimeOffDoNotHaltARotation(_ theCase: ProofWorld.Case) async throws {
        let points = try await #require(ProofWorld(theCase)).pointsOfInterest()
        for point in points {
            let isOut = Switch()
            let world = try #require(
                ProofWorld(
                    theCase,
                    issuerHooks: ScriptedIssuer.Hooks(before: { _ in
                        isOut.isOn ? .fault(IssuerFault(.notSent, "no network")) : nil
                    }),
                    sinkHooks: ScriptedSink.Hooks(before: { _ in isOut.isOn ? .fault(SinkFault("no network")) : nil })
                )
            )
            var driver = try await world.driver()
            try await world.take(point.steps, &driver)
            let rotation = driver.state.cycle?.rotation
            world.watch.advance(by: 6 * 86_400)
            isOut.isOn = true
            driver = try await world.driver()
            let back = world.watch.now.addingTimeInterval(180)
            while world.watch.now < back, driver.state.cycle?.rotation == rotation {
                _ = try await world.advance(&driver)
            }
            isOut.isOn = false
            while driver.state.lastSuccess == nil, driver.state.suspension == nil {
                _ = try await world.advance(&driver)
            }
            #expect(driver.state.suspension == nil, "\(theCase.testDescription), \(point.stage)")
            #expect(driver.state.rotations.last == rotation, "\(theCase.testDescription), \(point.stage)")
            #expect(world.invariants(after: .finished) == [], "\(theCase.testDescription), \(point.stage)")
        }
    }

    /// The machine's clock is set, by less or more than anything takes; the service's is not.
    @Test(arguments: [-2_592_000.0, -86_400.0, -3_600.0, -60.0, 60.0, 3_600.0, 86_400.0, 2_592_000.0])
    func aClockThatIsSetCostsTimeAndNoKey(_ seconds: Double) async throws {
        let theCase = ProofWorld.Case.all[1]
        let points = try await #require(ProofWorld(theCase)).pointsOfInterest()
        for point in points {
            let world = try #require(ProofWorld(theCase))
            var early = try await world.driver()
            try await world.take(point.steps, &early)
            let (parts, watch) = (world.driverParts.world, world.watch)
            let skewed = RotationDriver.Surroundings(
                issuer: parts.issuer,
                sinks: parts.sinks,
                journal: parts.journal,
                sealer: parts.sealer,
                now: { watch.now.addingTimeInterval(seconds) },
                draw: parts.draw,
                newRotation: parts.newRotation,
                newValue: parts.newValue
            )
            var driver = RotationDriver(world.driverParts.machine, skewed)
            try await driver.load()
            var left = 600
            while driver.state.lastSuccess == nil, driver.state.suspension == nil, left > 0 {
                left -= 1
                for consumer in theCase.acknowledgers where driver.state.cycle?.stage == .acknowledge {
                    _ = try await driver.carryOut(.acknowledge(consumer))
                }
                if case .rest(let until?) = try await driver.step() {
                    watch.advance(to: until.addingTimeInterval(-seconds))
                }
                world.checkConsumers("\(point.stage)")
            }
            let end = driver.state.suspension?.reason ?? "endless at \(driver.state.cycle?.stage.rawValue ?? "?")"
            #expect(driver.state.lastSuccess != nil, "\(point.stage): \(end)")
            #expect(world.invariants(after: .finished) == [], "\(point.stage)")
        }
    }

    /// No list, however late, makes a rotation forget a key: what comes after ``RotationPacing/settle`` goes with the next rotation.
    @Test func aKeyThatIsListedTooLateGoesWithTheNextRotation() async throws {
        let lost = Switch()
        let theCase = ProofWorld.Case(
            testDescription: "",
            traits: ProofWorld.Case.all[3].traits,
            delays: ScriptedIssuer.Delays(listing: 7 * 86_400),
            sinks: ["first"],
            hasOldKey: false
        )
        let world = try #require(
            ProofWorld(
                theCase,
                issuerHooks: ScriptedIssuer.Hooks(after: { call, answer in
                    guard call.kind == "create", lost.calls == 0 else { return answer }
                    lost.count()
                    return .fault(IssuerFault(.unknownOutcome, "no answer came in time"))
                })
            )
        )
        #expect(await world.run() == .finished)
        #expect(world.issuer.keys.filter { $0.name?.hasPrefix("iam-broker") == true && !$0.isDeleted }.count == 2)
        world.watch.advance(by: 30 * 86_400)
        var driver = try await world.driver()
        #expect(try await driver.orphans().get().map(\.isKnown) == [true])
        #expect(try await driver.carryOut(.run(.now)) == nil)
        let second = driver.state.lastSuccess
        while driver.state.lastSuccess == second, driver.state.suspension == nil {
            _ = try await world.advance(&driver)
        }
        // The key in use is not listed, and so the old one stays until it is.
        #expect(
            driver.state.suspension?.reason.contains("is not there any more or is disabled, so key-3 stays") == true
        )
        world.watch.advance(by: 8 * 86_400)
        #expect(try await driver.carryOut(.resume) == nil)
        while driver.state.lastSuccess == second, driver.state.suspension == nil {
            _ = try await world.advance(&driver)
        }
        let live = world.issuer.keys.filter { $0.name?.hasPrefix("iam-broker") == true && !$0.isDeleted }
        #expect(live.map(\.id) == [driver.state.current?.id])
    }
}
