import BrokerTesting
import FoundationEssentials
import JOSE
import Synchronization
import Testing

@testable import KeyRotation

/// A plan that cannot rotate stops, says why, and never fills an account.
struct HaltTests {
    /// Secrets Manager does not wipe each kind of version; the next version ends it.
    @Test(arguments: ["secrets-manager, arbitrary", "secrets-manager, iam_credentials"])
    func aPlaceThatDeletesNothingKeepsTheOldKeyUntilTheNextComes(name: String) async throws {
        let theCase = try #require(ProofWorld.Case.all.first { $0.testDescription == name })
        let hooks = ScriptedIssuer.Hooks(before: { call in
            guard case .delete = call else { return nil }
            return .fault(IssuerFault(.unsupported, "it is not wiped"))
        })
        let world = try #require(ProofWorld(theCase, issuerHooks: hooks))
        try await world.adoptOldKey()
        #expect(await world.run() == .finished)
        let driver = try await world.driver()
        #expect(driver.state.current?.id == world.issuer.keys.last?.id)
        #expect(driver.state.cycle == nil)
        #expect(world.issuer.keys.map(\.isDeleted) == [false, false])
    }

    /// A creation that was lost and then seen: both were made in one rotation, and the first is not asked for again and again.
    @Test func aPlaceThatDeletesNothingIsNotAskedForEver() async throws {
        let theCase = try #require(ProofWorld.Case.all.first { $0.testDescription == "secrets-manager, arbitrary" })
        let hooks = ScriptedIssuer.Hooks(
            before: { call in
                guard case .delete = call else { return nil }
                return .fault(IssuerFault(.unsupported, "it is not wiped"))
            },
            isTwice: { call in if case .create = call { true } else { false } }
        )
        let world = try #require(ProofWorld(theCase, issuerHooks: hooks))
        try await world.adoptOldKey()
        #expect(await world.run() == .finished)
        #expect(world.issuer.keys.count == 3)
    }

    private static let apiKey = ProofWorld.Case.all[0]

    private static func never(_ kind: String) -> ScriptedIssuer.Hooks {
        ScriptedIssuer.Hooks(before: { call in
            call.kind == kind ? .fault(IssuerFault(.notUsable, "the key does not work")) : nil
        })
    }

    @Test(arguments: [1, 2, 3, 5])
    func rotationsThatFailInARowHaltThePlanAndWaitLongerEachTime(_ most: Int) async throws {
        let world = try #require(
            ProofWorld(Self.apiKey, issuerHooks: Self.never("verify")) { _, limits in limits.failedRotations = most }
        )
        var driver = try await world.driver()
        var (starts, ends, failures) = ([Date](), [Date](), 0)
        while driver.state.suspension == nil {
            let cycle = driver.state.cycle
            _ = try await world.advance(&driver)
            if cycle == nil, driver.state.cycle != nil { starts.append(world.watch.now) }
            if cycle != nil, driver.state.cycle == nil {
                failures += 1
                ends.append(world.watch.now)
                #expect(driver.state.failures == failures)
            }
        }
        #expect(failures == most)
        for (number, (end, start)) in zip(ends, starts.dropFirst()).enumerated() {
            #expect(start.timeIntervalSince(end) == min(21_600, 900 * Double(1 << min(number, 5))))
        }
        let suspension = try #require(driver.state.suspension)
        #expect(suspension.kind == .halted)
        #expect(suspension.reason.contains("the new key did not come to work: the key does not work"))
        #expect(suspension.reason.contains("run: iam-broker rotation resume proof"))
        #expect(world.journal.events.last?.kind == "halted")
        #expect(world.violated == [])
        let live = world.issuer.keys.filter { !$0.isDeleted }.map(\.id.rawValue).sorted()
        #expect(live == ["key-of-somebody-else", "key-old"])
        // And nothing more happens.
        world.watch.advance(by: 90 * 86_400)
        #expect(try await driver.step() == .rest(until: nil))
    }

    @Test func whatFailedAndWasMendedIsTriedAgainWhenThePlanGoesOn() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        var state = RotationState(plan: try #require(ProofWorld.plan), firstSeen: world.watch.now)
        state.suspension = Suspension(kind: .halted, since: world.watch.now, reason: "3 rotations in a row failed")
        state.failures = 3
        state.lastStart = world.watch.now
        let rules = world.driverParts.machine.rules
        // The schedule has nothing for another month.
        let machine = RotationMachine(
            RotationRules(
                plan: rules.plan,
                traits: rules.traits,
                sinks: rules.sinks,
                pacing: rules.pacing,
                limits: rules.limits,
                calendar: RotationCalendar(
                    due: { _, now in now.addingTimeInterval(2_592_000) },
                    start: { $0 },
                    change: { $0 }
                )
            )
        )
        let after = try machine.commanded(.resume, state, now: world.watch.now).state
        guard case .note(let change) = machine.next(after, now: world.watch.now, rotation: RotationID(7)) else {
            Issue.record("it waits")
            return
        }
        #expect(change.kind == .started)
    }

    /// Whatever a service answers, and however often operators press on.
    @Test(arguments: 1...18)
    func neverAreMoreKeysMadeInADayThanThePlanAllows(_ seed: Int) async throws {
        let draws = Mutex(Draws(seed: "budget \(seed)"))
        let most = 1 + seed % 4
        let delays = ScriptedIssuer.Delays(listing: seed % 3 == 0 ? 300 : 0, isReadable: seed % 2 == 0)
        var theCase = ProofWorld.Case.all[seed % ProofWorld.Case.all.count]
        theCase.delays = delays
        let answers = FaultyAnswer.allCases
        let hooks = ScriptedIssuer.Hooks(
            before: { _ in
                draws.withLock { draws in
                    guard Int.random(in: 0..<3, using: &draws) == 0 else { return nil }
                    return answers[Int.random(in: 0..<answers.count, using: &draws)].instead.map { .fault($0) }
                }
            },
            after: { _, answer in
                draws.withLock { Int.random(in: 0..<4, using: &$0) == 0 }
                    ? .fault(IssuerFault(.unknownOutcome, "no answer came in time")) : answer
            }
        )
        let world = try #require(ProofWorld(theCase, issuerHooks: hooks) { _, limits in limits.creationsPerDay = most })
        var driver = try await world.driver()
        for _ in 0..<900 {
            if driver.state.suspension != nil || driver.state.cycle == nil {
                world.watch.advance(by: 600)
                _ = try await driver.carryOut(.resume)
                _ = try await driver.carryOut(.run(.now))
            }
            _ = try await world.advance(&driver)
        }
        let made = world.issuer.keys.filter { $0.name?.hasPrefix("iam-broker") == true }.map(\.createdAt)
        #expect(!made.isEmpty)
        for start in made {
            let day = made.filter { $0 >= start && $0 < start.addingTimeInterval(86_400) }
            #expect(day.count <= most, "\(day.count) keys from \(start) on")
        }
        #expect(world.violated == [])
        #expect(world.issuer.keys.contains { !$0.isDeleted })
    }

    @Test(arguments: [(18, 0, false), (19, 0, true), (18, 1, false), (17, 2, false), (20, 0, true), (15, 5, false)])
    func anIdentityThatIsFullIsNoticedBeforeAndLeftoversOfOursMakeRoom(
        foreign: Int,
        leftovers: Int,
        isHalted: Bool
    ) async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        let plan = try #require(ProofWorld.plan)
        var state = RotationState(plan: plan, firstSeen: world.watch.now)
        state.rotations = (0..<leftovers).map { RotationID(UInt64(1_000 + $0)) }
        try await world.put(state)
        // One of somebody else is there already, and the old one.
        for number in 1..<max(1, foreign) {
            world.issuer.add("foreign-\(number)", name: "web \(number)", KeyMaterial([:]), at: world.watch.now)
        }
        for rotation in state.rotations {
            world.issuer.add(
                "left-\(rotation)",
                name: "\(KeyName(plan, rotation))",
                KeyMaterial([:]),
                at: world.watch.now
            )
        }
        let end = await world.run()
        if isHalted {
            guard case .halted(let reason) = end else {
                Issue.record("it ended \(end)")
                return
            }
            #expect(reason.contains("the identity has \(foreign + 1) of 20 keys"))
            #expect(reason.contains("run: iam-broker rotation resume proof"))
            #expect(world.issuer.creations == 0)
        } else {
            #expect(end == .finished)
            #expect(world.issuer.keys.filter { $0.id.rawValue.hasPrefix("left-") }.allSatisfy { $0.isDeleted })
        }
        #expect(world.issuer.keys.filter { $0.id.rawValue.hasPrefix("foreign-") }.allSatisfy { !$0.isDeleted })
    }

    @Test func anOldKeyThatIsLockedIsNoticedBeforeAnotherIsMade() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        world.issuer.change(KeyID("key-old")) { $0.isLocked = true }
        guard case .halted(let reason) = await world.run() else { throw Unexpected() }
        #expect(reason.contains("key-old is locked"))
        #expect(world.issuer.creations == 0)
        world.issuer.change(KeyID("key-old")) { $0.isLocked = false }
        #expect(try await world.resume() == .finished)
        #expect(world.invariants(after: .finished) == [])
    }

    @Test func anOldKeyThatIsLockedLaterStaysAndTheNewOneIsInUse() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .overlap { _ = try await world.advance(&driver) }
        world.issuer.change(KeyID("key-old")) { $0.isLocked = true }
        while try await world.advance(&driver) {}
        #expect(driver.state.suspension?.reason.contains("key-old is locked against changes; unlock it") == true)
        #expect(world.issuer.keys.allSatisfy { !$0.isDeleted && !$0.isDisabled })
        world.issuer.change(KeyID("key-old")) { $0.isLocked = false }
        #expect(try await world.resume() == .finished)
        #expect(world.invariants(after: .finished) == [])
    }

    @Test func aKeyToReplaceThatIsNotThereIsNoticedBeforeAnotherIsMade() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        world.issuer.change(KeyID("key-old")) { $0.isDeleted = true }
        guard case .halted(let reason) = await world.run() else { throw Unexpected() }
        #expect(reason.contains("'replaces' names key-old, and there is no such key; correct the plan"))
        #expect(world.issuer.creations == 0)
    }

    private struct Unexpected: Error {}
}
