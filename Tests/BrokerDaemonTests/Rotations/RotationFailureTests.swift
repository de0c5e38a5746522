import BrokerAPI
import BrokerTesting
import Foundation
import KeyRotation
import Synchronization
import Testing
import TokenBroker

@testable import BrokerDaemon

/// What a lane does when its journal, the audit log or the daemon itself is not there.
@Suite(.timeLimit(.minutes(1)))
struct RotationFailureTests {
    /// Fails appends while it is on.
    private final class Disk: Sendable {
        private let isFull: Mutex<Bool>
        private let asked = Mutex(0)
        var attempts: Int { asked.withLock { $0 } }

        init(isFull: Bool) { self.isFull = Mutex(isFull) }

        func set(isFull: Bool) { self.isFull.withLock { $0 = isFull } }

        func check(_ moment: ScriptedJournal.Moment) throws {
            guard moment == .before else { return }
            asked.withLock { $0 += 1 }
            if isFull.withLock({ $0 }) { throw JournalError(.unavailable, "the disk is full") }
        }
    }

    @Test func aJournalThatFailsIsLeftAloneForAWhileAndTakenUpAgain() async throws {
        let disk = Disk(isFull: true)
        var script = RotationWorld.Script()
        script.append = { moment, _ in try disk.check(moment) }
        let world = try RotationWorld(script)
        try await world.running { lane in
            let pause = world.time.now.boot + .seconds(15)
            await world.time.sleeper(until: pause)
            #expect(lane.snapshot.journalFailure == "the disk is full")
            #expect(RotationsResponse.Plan(lane).state == "unknown")
            #expect(RotationsResponse.Plan(lane).reason == "the disk is full")
            // Orders get the reason at once, and do not shorten the pause.
            for _ in 0..<3 {
                guard case .failed("the disk is full") = await lane.carryOut(.command(.run(.now))) else {
                    Issue.record("the order has the reason")
                    return
                }
            }
            #expect(disk.attempts == 1)
            disk.set(isFull: false)
            await world.time.sleeper(until: pause)
            world.time.advance(by: .seconds(15))
            await world.rests(for: 3_600)
            #expect(lane.snapshot.journalFailure == nil)
            #expect(RotationsResponse.Plan(lane).state == "waiting")
            guard case .done = await lane.carryOut(.command(.run(.now))) else {
                Issue.record("it goes on")
                return
            }
        }
    }

    @Test func aJournalThatFailsBeforeACreationKeepsTheKeyFromBeingMade() async throws {
        let disk = Disk(isFull: false)
        var script = RotationWorld.Script()
        script.append = { moment, entry in
            if entry.event.kind == "creating" { try disk.check(moment) }
        }
        let world = try RotationWorld(script)
        try await world.running { lane in
            await world.rests(for: 3_600)
            disk.set(isFull: true)
            guard case .done = await lane.carryOut(.command(.run(.now))) else {
                Issue.record("the order itself is written")
                return
            }
            let pause = world.time.now.boot + .seconds(15)
            await world.time.sleeper(until: pause)
            #expect(world.issuer.creations == 0)
            disk.set(isFull: false)
            world.time.advance(by: .seconds(15))
            await world.rests(for: RotationWorld.overlap)
            #expect(world.issuer.creations == 1)
        }
    }

    @Test func withoutAnAuditLogThatIsRequiredNothingIsChanged() async throws {
        let world = try RotationWorld()
        try await world.running { lane in
            await world.rests(for: 3_600)
            world.audit.mayProceed = false
            guard case .done = await lane.carryOut(.command(.run(.now))) else {
                Issue.record("an order changes no key")
                return
            }
            await world.time.sleeper(until: world.time.now.boot + .seconds(15))
            #expect(world.issuer.creations == 0)
            #expect(world.kinds.last != "creating")
            #expect(lane.snapshot.journalFailure?.contains("audit.required is set") == true)
            world.audit.mayProceed = true
            world.time.advance(by: .seconds(15))
            await world.rests(for: RotationWorld.overlap)
            #expect(world.issuer.creations == 1)
            #expect(world.audited.contains("created"))
        }
    }

    /// What came of a change that was made is not lost because it cannot be audited.
    @Test func anAuditLogThatFailsInTheMiddleOfACreationDoesNotLoseTheKey() async throws {
        let holder = Holder()
        var script = RotationWorld.Script()
        script.issuer.after = { call, answer in
            if case .create = call { holder.audit?.mayProceed = false }
            return answer
        }
        let world = try RotationWorld(script)
        holder.audit = world.audit
        try await world.running { lane in
            await world.rests(for: 3_600)
            guard case .done = await lane.carryOut(.command(.run(.now))) else {
                Issue.record("it is not refused")
                return
            }
            await world.time.sleeper(until: world.time.now.boot + .seconds(15))
            #expect(world.kinds.contains("created"))
            #expect(!world.kinds.contains("publishing"))
            #expect(world.sink.content == RotationWorld.old)
            world.audit.mayProceed = true
            world.time.advance(by: .seconds(15))
            await world.rests(for: RotationWorld.overlap)
            #expect(world.issuer.creations == 1)
            #expect(world.sink.content != RotationWorld.old)
        }
    }

    private final class Holder: Sendable {
        private let held = Mutex<RecordingAuditLog?>(nil)

        var audit: RecordingAuditLog? {
            get { held.withLock { $0 } }
            set { held.withLock { $0 = newValue } }
        }
    }

    @Test(arguments: ["list", "create", "verify"])
    func aStopInTheMiddleOfACallConcludesNothing(word: String) async throws {
        var script = RotationWorld.Script()
        let calls = Calls()
        script.issuer.before = { call throws(Interruption) in
            calls.add("\(IssuerWord(call))")
            if calls.all.last == word { throw Interruption() }
            return nil
        }
        let world = try RotationWorld(script)
        // The interruption ends the lane by itself.
        let task = Task { await world.lane.run() }
        await world.rests(for: 3_600)
        let order = await world.lane.carryOut(.command(.run(.now)))
        await task.value
        guard case .done = order else {
            Issue.record("the order itself was carried out")
            return
        }
        #expect(!world.kinds.contains("failed"))
        #expect(!world.kinds.contains("retrying"))
        guard case .failed("the daemon stops") = await world.lane.carryOut(.rehearse) else {
            Issue.record("nobody waits for an answer that does not come")
            return
        }
    }

    @Test func anOrderThatAStopInterruptsIsAnswered() async throws {
        var script = RotationWorld.Script()
        script.issuer.before = { call throws(Interruption) in
            if case .list = call { throw Interruption() }
            return nil
        }
        let world = try RotationWorld(script)
        try await world.running { lane in
            for order in [RotationOrder.rehearse, .orphans, .deleteOrphan(KeyID("x"))] {
                guard case .failed("the daemon stops") = await lane.carryOut(order) else {
                    Issue.record("\(order) is answered")
                    return
                }
            }
        }
    }

    /// Each sink is a step: with so many of them, or in a circle, the lane takes a breath.
    @Test func stepsWithoutARestAreSlowedDown() async throws {
        let world = try RotationWorld(sinks: 100)
        try await world.running { lane in
            await world.rests(for: 3_600)
            guard case .done = await lane.carryOut(.command(.run(.now))) else {
                Issue.record("it is not refused")
                return
            }
            await world.time.sleeper(until: world.time.now.boot + .seconds(1))
            // Each is written down before and after.
            #expect((60..<128).contains(world.kinds.count { $0 == "publishing" }))
            world.time.advance(by: .seconds(1))
            await world.rests(for: RotationWorld.overlap)
            #expect(world.kinds.count { $0 == "publishing" } == 200)
        }
    }
}
