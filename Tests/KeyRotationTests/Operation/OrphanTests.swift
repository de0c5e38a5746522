import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import KeyRotation

/// Keys of a plan's name that it does not use.
struct OrphanTests {
    private static let apiKey = ProofWorld.Case.all[0]

    private func orphans(_ driver: RotationDriver) async throws -> [OrphanedKey] {
        try await driver.orphans().get()
    }

    private func left(_ world: ProofWorld, _ rotation: RotationID, plan: PlanName? = ProofWorld.plan) throws -> KeyID {
        let name = try "\(KeyName(#require(plan), rotation))"
        world.issuer.add("left-\(rotation)", name: name, KeyMaterial(["secret": Redacted(name)]), at: world.watch.now)
        return KeyID("left-\(rotation)")
    }

    @Test func thoseOfThisJournalAreToldFromThoseOfAnother() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        var state = RotationState(plan: try #require(ProofWorld.plan), firstSeen: world.watch.now)
        state.rotations = [RotationID(7)]
        try await world.put(state)
        let (known, unknown) = (try left(world, RotationID(7)), try left(world, RotationID(8)))
        _ = try left(world, RotationID(7), plan: PlanName(rawValue: "proof-2"))
        _ = try left(world, RotationID(9), plan: PlanName(rawValue: "other"))
        let found = try await orphans(try await world.driver())
        #expect(found.map(\.key.id) == [known, unknown])
        #expect(found.map(\.isKnown) == [true, false])
    }

    /// Another machine may have a plan of the same name, and use what it made.
    @Test func aRotationDeletesNoKeyOfAnotherJournal() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        let foreign = try left(world, RotationID(8))
        #expect(await world.run() == .finished)
        #expect(world.issuer.keys.first { $0.id == foreign }?.isDeleted == false)
    }

    @Test(arguments: ProofWorld.Case.all)
    func aKeyThatIsInUseIsNeverListedAndNeverDeleted(_ theCase: ProofWorld.Case) async throws {
        let world = try #require(ProofWorld(theCase))
        var driver = try await world.driver()
        var steps = 0
        repeat {
            steps += 1
            let deleted = world.issuer.keys.filter(\.isDeleted).count
            let listed = try await orphans(driver).map(\.key.id)
            #expect(listed == [], "\(theCase.testDescription): \(driver.state.cycle?.stage.rawValue ?? "idle")")
            for key in world.issuer.keys where !key.isDeleted {
                let refusal = try await driver.deleteOrphan(key.id)
                #expect(refusal?.message.contains("is no orphan of plan proof") == true)
            }
            #expect(world.issuer.keys.filter(\.isDeleted).count == deleted)
        } while try await world.advance(&driver)
        #expect(driver.state.lastSuccess != nil)
        #expect(steps > 5)
    }

    /// The process died when the service had made a key, before that was written down.
    @Test func aKeyThatTheRotationUnderWayWillFindIsItsOwn() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .create { _ = try await world.advance(&driver) }
        let rotation = try #require(driver.state.cycle?.rotation)
        let made = try left(world, rotation)
        #expect(try await orphans(driver) == [])
        #expect(try await driver.deleteOrphan(made) != nil)
        #expect(world.issuer.keys.last?.isDeleted == false)
    }

    @Test func aDeletionIsWrittenDownBeforeAndAfter() async throws {
        let world = try #require(ProofWorld(Self.apiKey))
        var driver = try await world.driver()
        let orphan = try left(world, RotationID(8))
        let before = world.journal.events.count
        #expect(try await driver.deleteOrphan(orphan) == nil)
        #expect(world.issuer.keys.last?.isDeleted == true)
        let events = world.journal.events.dropFirst(before)
        #expect(events.map(\.kind) == ["deleting", "deleted"])
        #expect(events.allSatisfy { $0.detail.hasPrefix("\(orphan), an orphan") })
        #expect(try await orphans(driver) == [])
        #expect(try await driver.deleteOrphan(orphan) != nil)
        #expect(await world.run() == .finished)
        #expect(world.invariants(after: .finished) == [])
    }

    @Test(arguments: FaultyAnswer.allCases)
    func aDeletionWithoutAnAnswerThatHelpsIsNotWrittenDownAsDone(_ answer: FaultyAnswer) async throws {
        let hooks = ScriptedIssuer.Hooks(
            before: { $0.kind == "delete" ? answer.instead.map { .fault($0) } : nil },
            after: { call, real in call.kind == "delete" ? answer.afterwards.map { .fault($0) } ?? real : real }
        )
        let world = try #require(ProofWorld(Self.apiKey, issuerHooks: hooks))
        var driver = try await world.driver()
        let orphan = try left(world, RotationID(8))
        let refusal = try await driver.deleteOrphan(orphan)
        let isDone = world.journal.events.last?.kind == "deleted"
        // Where the service says that there is no such key, that is believed.
        #expect(isDone == (refusal == nil))
        #expect(isDone == [.notFound, .duplicate].contains(answer))
    }

    @Test func anAnswerToSomethingElseIsNoDeletion() async throws {
        let hooks = ScriptedIssuer.Hooks(after: { call, real in call.kind == "delete" ? .lastUse(nil) : real })
        let world = try #require(ProofWorld(Self.apiKey, issuerHooks: hooks))
        var driver = try await world.driver()
        #expect(try await driver.deleteOrphan(try left(world, RotationID(8))) != nil)
        #expect(world.journal.events.last?.kind == "deleting")
    }

    @Test func aServiceThatDoesNotListSaysSo() async throws {
        let hooks = ScriptedIssuer.Hooks(before: {
            $0.kind == "list" ? .fault(IssuerFault(.forbidden, "no role")) : nil
        })
        let world = try #require(ProofWorld(Self.apiKey, issuerHooks: hooks))
        var driver = try await world.driver()
        #expect(try await driver.orphans() == .failure(OrderRefusal("no role")))
        #expect(try await driver.deleteOrphan(try left(world, RotationID(8))) == OrderRefusal("no role"))
        #expect(world.issuer.keys.allSatisfy { !$0.isDeleted })
    }
}
