import BrokerTesting
import Foundation
import KeyRotation
import Synchronization
import Testing
import TokenBroker

@testable import BrokerDaemon

/// One plan is carried out as its schedule says, beside the orders of operators.
@Suite(.timeLimit(.minutes(1)))
struct RotationLaneTests {
    @Test func aRotationBeginsWhenItIsDueAndGoesToItsEnd() async throws {
        let world = try RotationWorld()
        try await world.running { lane in
            // The clock on the wall is looked at once an hour.
            await world.rests(for: 3_600)
            #expect(lane.snapshot.nextAt == ManualTime.start.addingTimeInterval(7_200))
            #expect(world.issuer.creations == 0)
            world.time.advance(by: .seconds(7_200))
            await world.rests(for: RotationWorld.overlap)
            #expect(world.issuer.creations == 1)
            #expect(world.sink.content != RotationWorld.old)
            #expect(world.issuer.works(RotationWorld.old))
            await world.pass(RotationWorld.overlap)
            await world.rests(for: 1_800)
            #expect(!world.issuer.works(RotationWorld.old))
            await world.pass(1_800)
            // Until noon of the next day there are hours.
            await world.rests(for: 3_600)
            #expect(world.issuer.keys.first?.isDeleted == true)
            #expect(lane.snapshot.state.cycle == nil)
            #expect(lane.snapshot.state.lastSuccess != nil)
        }
    }

    @Test func anOrderIsCarriedOutBetweenTwoStepsAndAnsweredBeforeTheNext() async throws {
        let calls = Calls()
        var script = RotationWorld.Script()
        script.issuer.before = { call in
            calls.add("\(IssuerWord(call))")
            return nil
        }
        let world = try RotationWorld(script)
        try await world.running { lane in
            await world.rests(for: 3_600)
            guard case .done = await lane.carryOut(.command(.run(.now))) else {
                Issue.record("it is not refused")
                return
            }
            #expect(lane.snapshot.state.request == .now || lane.snapshot.state.cycle != nil)
            await world.rests(for: RotationWorld.overlap)
            #expect(calls.all == ["list", "create", "verify", "list"])
            guard case .done = await lane.carryOut(.command(.pause)) else {
                Issue.record("it is not refused")
                return
            }
            #expect(lane.snapshot.state.suspension?.kind == .paused)
            guard case .refused(let why) = await lane.carryOut(.command(.pause)) else {
                Issue.record("it is refused")
                return
            }
            #expect(why.contains("paused already"))
        }
    }

    @Test func aSetClockIsNoticedOnlyWhenSomebodySaysSo() async throws {
        let world = try RotationWorld()
        try await world.running { lane in
            await world.rests(for: 3_600)
            world.time.setWall(by: 7_200)
            #expect(world.issuer.creations == 0)
            lane.wake()
            await world.rests(for: RotationWorld.overlap)
            #expect(world.issuer.creations == 1)
        }
    }

    @Test func aClockThatIsSetForwardDoesNotEndTheOverlapBeforeItsTime() async throws {
        let world = try RotationWorld()
        try await world.running { lane in
            await world.rests(for: 3_600)
            await world.rotateToOverlap()
            world.time.setWall(by: 86_400)
            lane.wake()
            // The whole overlap is left, whatever the wall says.
            await looksAgain(lane, at: world.time.now.wall.addingTimeInterval(RotationWorld.overlap))
            #expect(world.issuer.works(RotationWorld.old))
            world.time.advance(by: .seconds(2_001))
            await world.rests(for: 1_800)
            #expect(!world.issuer.works(RotationWorld.old))
            // And the same holds while it is disabled.
            world.time.setWall(by: 86_400)
            lane.wake()
            await looksAgain(lane, at: world.time.now.wall.addingTimeInterval(1_800))
            #expect(world.issuer.keys.first?.isDeleted == false)
            world.time.advance(by: .seconds(1_801))
            // The next rotation begins then: by the wall, the noons of two days have passed.
            while world.issuer.keys.first?.isDeleted == false, !Task.isCancelled { await Task.yield() }
            #expect(world.issuer.keys.first?.isDeleted == true)
        }
    }

    /// Waits until the lane means to look again at `time`; the one-minute limit is for a lane that does something else.
    private func looksAgain(_ lane: RotationLane, at time: Date) async {
        while !Task.isCancelled {
            if let next = lane.snapshot.nextAt, abs(next.timeIntervalSince(time)) < 0.01 { return }
            await Task.yield()
        }
    }

    @Test func aRollbackDuringSuchAWaitIsCarriedOutAtOnce() async throws {
        let world = try RotationWorld()
        try await world.running { lane in
            await world.rests(for: 3_600)
            await world.rotateToOverlap()
            world.time.setWall(by: 86_400)
            lane.wake()
            await looksAgain(lane, at: world.time.now.wall.addingTimeInterval(RotationWorld.overlap))
            guard case .done = await lane.carryOut(.command(.rollback)) else {
                Issue.record("it is not refused")
                return
            }
            await looksAgain(lane, at: world.time.now.wall.addingTimeInterval(RotationWorld.overlap))
            #expect(world.sink.content == RotationWorld.old)
            #expect(world.issuer.works(RotationWorld.old))
        }
    }

    @Test func ofOrdersThatWaitOnlySoManyAreTaken() async throws {
        let world = try RotationWorld()
        // Nobody runs the lane: all of them wait.
        let answers = await withTaskGroup(of: String.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    guard case .failed(let why) = await world.lane.carryOut(.rehearse) else { return "" }
                    return why
                }
            }
            var answers: [String] = []
            for _ in 0..<4 { answers.append(await group.next() ?? "") }
            #expect(answers.allSatisfy { $0 == "16 orders wait already; try again later" })
            // A lane that is stopped at once answers the rest.
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await world.lane.run()
            }
            await task.value
            for await answer in group { answers.append(answer) }
            return answers
        }
        #expect(answers.count == 20)
        #expect(answers.suffix(16).allSatisfy { $0 == "the daemon stops" })
        guard case .failed("the daemon stops") = await world.lane.carryOut(.orphans) else {
            Issue.record("what comes after the end is answered, too")
            return
        }
    }

    @Test func aRehearsalChangesNothingAndTellsEachStep() async throws {
        let world = try RotationWorld()
        try await world.running { lane in
            await world.rests(for: 3_600)
            let before = world.journal.events.count
            guard case .rehearsed(let play) = await lane.carryOut(.rehearse) else {
                Issue.record("it is rehearsed")
                return
            }
            #expect(play.refusal == nil)
            #expect(play.steps.map(\.stage).contains(.delete))
            #expect(world.journal.events.count == before)
            #expect(world.issuer.creations == 0)
            #expect(world.sink.content == RotationWorld.old)
        }
    }

    @Test func aServiceThatDoesNotListItsKeysIsSaidInTheAnswer() async throws {
        var script = RotationWorld.Script()
        script.issuer.before = { call in
            if case .list = call { .fault(IssuerFault(.forbidden, "the profile may not list")) } else { nil }
        }
        let world = try RotationWorld(script)
        try await world.running { lane in
            for order in [RotationOrder.rehearse, .orphans] {
                guard case .failed("the profile may not list") = await lane.carryOut(order) else {
                    Issue.record("\(order) tells why not")
                    return
                }
            }
            guard case .refused("the profile may not list") = await lane.carryOut(.deleteOrphan(KeyID("x"))) else {
                Issue.record("a deletion tells why not")
                return
            }
        }
    }

    @Test func orphansAreListedAndDeletedOneByOne() async throws {
        let world = try RotationWorld()
        let name = "\(KeyName(world.plan.name, RotationID(77)))"
        world.issuer.add("orphan", name: name, .none, at: ManualTime.start)
        try await world.running { lane in
            guard case .orphans(let found) = await lane.carryOut(.orphans) else {
                Issue.record("they are listed")
                return
            }
            #expect(found.map(\.key.id.rawValue) == ["orphan"])
            #expect(found.map(\.isKnown) == [false])
            guard case .refused(let why) = await lane.carryOut(.deleteOrphan(KeyID("old"))) else {
                Issue.record("a key that is no orphan stays")
                return
            }
            #expect(why.contains("no orphan of plan archive"))
            guard case .done = await lane.carryOut(.deleteOrphan(KeyID("orphan"))) else {
                Issue.record("it is deleted")
                return
            }
            #expect(world.issuer.keys.last?.isDeleted == true)
            #expect(world.audited.suffix(2) == ["deleting", "deleted"])
        }
    }
}

/// What was called, in order.
final class Calls: Sendable {
    private let calls = Mutex<[String]>([])

    var all: [String] { calls.withLock { $0 } }

    func add(_ call: String) { calls.withLock { $0.append(call) } }
}

/// The word for a call, without what goes with it.
struct IssuerWord: CustomStringConvertible {
    let description: String

    init(_ call: IssuerCall) {
        description =
            switch call {
            case .list: "list"
            case .create: "create"
            case .read: "read"
            case .verify: "verify"
            case .activity: "activity"
            case .disable: "disable"
            case .enable: "enable"
            case .delete: "delete"
            }
    }
}
