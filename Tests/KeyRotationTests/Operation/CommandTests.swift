import BrokerTesting
import FoundationEssentials
import KeyRotation
import Testing

/// What operators may ask for, and when it is refused.
struct CommandTests {
    private static let acknowledged = ProofWorld.Case.all[1]

    @Test(arguments: ProofWorld.Case.all)
    func aPauseHoldsUpEveryStageAndNoneIsLostByIt(_ theCase: ProofWorld.Case) async throws {
        let points = try await #require(ProofWorld(theCase)).pointsOfInterest()
        for point in points {
            let world = try #require(ProofWorld(theCase))
            var driver = try await world.driver()
            try await world.take(point.steps, &driver)
            let (calls, records) = (world.deaths.moments, world.journal.events.count)
            #expect(try await driver.carryOut(.pause) == nil)
            for hours in [0.0, 1, 1_000] {
                world.watch.advance(by: hours * 3_600)
                #expect(try await driver.step() == .rest(until: nil))
                // Also after a restart.
                driver = try await world.driver()
            }
            #expect(world.journal.events.count == records + 1)
            // Two moments are the append of the pause.
            #expect(world.deaths.moments == calls + 2)
            #expect(try await driver.carryOut(.pause)?.message.contains("paused already") == true)
            #expect(try await driver.carryOut(.run(.now))?.message.contains("the plan is paused") == true)
            #expect(try await driver.carryOut(.resume) == nil)
            #expect(try await driver.carryOut(.resume)?.message == "the plan is neither paused nor halted")
            #expect(await world.run() == .finished, "\(point.stage)")
            #expect(world.invariants(after: .finished) == [], "\(point.stage)")
        }
        #expect(points.count > 3)
    }

    @Test func aPauseBetweenRotationsKeepsTheNextFromBeginning() async throws {
        let world = try #require(ProofWorld(Self.acknowledged))
        var driver = try await world.driver()
        #expect(try await driver.carryOut(.pause) == nil)
        #expect(try await driver.step() == .rest(until: nil))
        #expect(driver.state.lastStart == nil)
        #expect(try await driver.carryOut(.resume) == nil)
        #expect(try await driver.step() == .acted)
        #expect(driver.state.cycle != nil)
    }

    @Test func aRotationIsRefusedWhileOneIsUnderWay() async throws {
        let points = try await #require(ProofWorld(Self.acknowledged)).pointsOfInterest()
        for point in points {
            let world = try #require(ProofWorld(Self.acknowledged))
            var driver = try await world.driver()
            try await world.take(point.steps, &driver)
            for request in [RotationRequest.now, .whenAllowed] {
                let refusal = try #require(try await driver.carryOut(.run(request)))
                #expect(refusal.message.contains("is under way, at: \(point.stage.phase.rawValue)"))
            }
            #expect(driver.state.request == nil)
        }
    }

    @Test func aRotationIsRefusedWhenTheBudgetIsUsedUpAndTakenWhenThereIsSomeAgain() async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[2]) { _, limits in limits.creationsPerDay = 1 })
        #expect(await world.run() == .finished)
        var driver = try await world.driver()
        let made = try #require(driver.state.creations.first)
        let refusal = try #require(try await driver.carryOut(.run(.now)))
        #expect(refusal.message.contains("1 keys were made in the last 24 hours"))
        #expect(refusal.message.contains(made.addingTimeInterval(86_400).ISO8601Format()))
        world.watch.advance(to: made.addingTimeInterval(86_399))
        #expect(try await driver.carryOut(.run(.now)) != nil)
        world.watch.advance(to: made.addingTimeInterval(86_400))
        #expect(try await driver.carryOut(.run(.now)) == nil)
        #expect(driver.state.request == .now)
        #expect(try await driver.step() == .acted)
        #expect(driver.state.cycle?.isForced == true)
        #expect(driver.state.request == nil)
    }

    @Test(arguments: [
        ("web", RotationStage.acknowledge, "the plan does not wait for 'web' but for reports"),
        ("reports", .publish, "no new key waits to be acknowledged"), ("reports", .overlap, "no new key waits"),
        ("reports", .sweep, "no new key waits"), ("", .acknowledge, "the plan does not wait for ''"),
    ])
    func anAcknowledgementIsOfAConsumerThatIsWaitedForAndInTime(
        consumer: String,
        stage: RotationStage,
        expected: String
    ) async throws {
        let world = try #require(ProofWorld(Self.acknowledged))
        var driver = try await world.driver()
        while driver.state.cycle?.stage != stage { #expect(try await world.advance(&driver)) }
        let before = driver.state
        let refusal = try #require(try await driver.carryOut(.acknowledge(consumer)))
        #expect(refusal.message.contains(expected))
        #expect(driver.state == before)
    }

    @Test func anAcknowledgementThatDoesNotComeHaltsAndOneThatComesLateGoesOn() async throws {
        let world = try #require(ProofWorld(Self.acknowledged))
        var driver = try await world.driver()
        while try await world.advance(&driver, acknowledges: false) {}
        let since = try #require(driver.state.cycle?.since)
        #expect(world.watch.now == since.addingTimeInterval(RotationPacing().acknowledgeWithin))
        let reason = try #require(driver.state.suspension?.reason)
        #expect(reason.contains("reports did not acknowledge the new key"))
        #expect(reason.contains("iam-broker rotation acknowledge proof --as reports"))
        #expect(world.issuer.keys.allSatisfy { !$0.isDeleted && !$0.isDisabled })
        #expect(try await driver.carryOut(.acknowledge("reports")) == nil)
        #expect(try await driver.step() == .rest(until: nil))
        #expect(try await driver.carryOut(.resume) == nil)
        #expect(await world.run() == .finished)
        #expect(world.invariants(after: .finished) == [])
    }

    @Test func anAcknowledgementThatComesTwiceIsNone() async throws {
        let world = try #require(ProofWorld(Self.acknowledged))
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .acknowledge { #expect(try await world.advance(&driver)) }
        #expect(try await driver.carryOut(.acknowledge("reports")) == nil)
        #expect(try await driver.carryOut(.acknowledge("reports")) == nil)
        #expect(await world.run() == .finished)
    }

    @Test func nothingIsRolledBackThatIsNotUnderWayAndNothingTwice() async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        try await world.adoptOldKey()
        var driver = try await world.driver()
        #expect(try await driver.carryOut(.rollback)?.message.contains("no rotation is under way") == true)
        while driver.state.cycle?.stage != .overlap { #expect(try await world.advance(&driver)) }
        #expect(try await driver.carryOut(.rollback) == nil)
        while driver.state.cycle != nil, driver.state.suspension == nil {
            #expect(try await driver.carryOut(.rollback)?.message.contains("is being rolled back already") == true)
            _ = try await world.advance(&driver)
        }
        #expect(driver.state.suspension?.kind == .paused)
    }

    @Test func whereThereIsOnePlaceTheOldKeyIsNotGivenBackOnceTheNewOneIsInIt() async throws {
        for theCase in ProofWorld.Case.all where theCase.traits.isSingular {
            let points = try await #require(ProofWorld(theCase)).pointsOfInterest()
            for point in points {
                let world = try #require(ProofWorld(theCase))
                var driver = try await world.driver()
                try await world.take(point.steps, &driver)
                let isMade = (driver.state.cycle?.creations ?? 0) > 0
                let refusal = try await driver.carryOut(.rollback)
                #expect((refusal != nil) == isMade, "\(theCase.testDescription): \(point.stage)")
                #expect(refusal?.message.contains("the service has one place for the key") ?? true)
            }
        }
    }
}
