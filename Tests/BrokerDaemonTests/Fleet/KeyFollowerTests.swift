import BrokerTesting
import FoundationEssentials
import JOSE
import KeyRotation
import Logging
import Synchronization
import Testing
import TokenBroker

@testable import BrokerDaemon

/// A machine takes the key that the fleet's leader published, and says so when it has it.
struct KeyFollowerTests {
    /// What is published, and what the node said.
    private final class Fleet: KeyFeed, ConsumerBoard {
        private struct State {
            var published: FedKey?
            var failure: JournalError?
            var said: [String] = []
        }

        private let state = Mutex(State())
        private let signal = RenewalSignal()
        private let time: ManualTime

        init(_ time: ManualTime) { self.time = time }

        var said: [String] { state.withLock { $0.said } }

        func publish(_ key: FedKey?) {
            state.withLock { $0.published = key }
            signal.send()
        }

        func fail(_ error: JournalError?) {
            state.withLock { $0.failure = error }
            signal.send()
        }

        func current(_ plan: PlanName) async throws(JournalError) -> FedKey? {
            let (failure, published) = state.withLock { ($0.failure, $0.published) }
            if let failure { throw failure }
            return published
        }

        func change(of plan: PlanName, since revision: Int64?) async throws(Interruption) {
            while state.withLock({ $0.published?.revision == revision }) {
                guard !Task.isCancelled else { throw Interruption() }
                let seen = signal.count
                guard state.withLock({ $0.published?.revision == revision }) else { return }
                await signal.wait(after: seen, until: .seconds(1_000_000_000), time: time)
            }
        }

        func consumers(of plan: PlanName) async throws(JournalError) -> [KeyConsumer] { [] }

        func acknowledge(_ rotation: RotationID?, of plan: PlanName, now: Date) async throws(JournalError) {
            state.withLock { $0.said.append(rotation.map { "has \($0)" } ?? "takes another") }
        }

        func withdraw(from plan: PlanName) async throws(JournalError) { state.withLock { $0.said.append("withdraws") } }
    }

    private let plan: PlanName
    private let time = ManualTime()
    private let fleet: Fleet
    private let settled = Shared<Set<RotationID>>([])
    private let isRolledBack = Shared(false)

    init() throws {
        plan = try #require(PlanName(rawValue: "archive"))
        fleet = Fleet(time)
    }

    private func key(_ revision: Int64) -> FedKey {
        let material = KeyMaterial(["secret": Redacted("value-\(revision)")])
        let rotation = RotationID(UInt64(revision))
        let key = PublishedKey(plan: plan, rotation: rotation, id: KeyID("key-\(revision)"), material: material)
        return FedKey(revision: revision, key: key)
    }

    private func follower(_ sinks: [(name: String, sink: any KeySink)]) -> KeyFollower {
        KeyFollower(
            plan,
            sinks: sinks,
            feed: fleet,
            board: fleet,
            isSettled: { [settled] rotation in settled.value.contains(rotation) },
            mayGiveBack: { [isRolledBack] in isRolledBack.value },
            time: time,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    /// Follows while `body` runs.
    private func following(_ follower: KeyFollower, _ body: () async throws -> Void) async throws {
        let task = Task { await follower.run() }
        do {
            try await body()
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        await task.value
    }

    private func until(_ what: String, _ isSo: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while !isSo() {
            try #require(ContinuousClock.now < end, "\(what)")
            await Task.yield()
        }
    }

    @Test(.timeLimit(.minutes(2))) func aPublishedKeyIsPutInEveryPlaceAndThenAcknowledged() async throws {
        let (first, second) = (ScriptedSink(), ScriptedSink())
        let follower = follower([("first", first), ("second", second)])
        try await following(follower) {
            try await until("it is known before anything is published") { fleet.said == ["takes another"] }
            fleet.publish(key(1))
            try await until("it is acknowledged") { fleet.said.last == "has 0000000000000001" }
            #expect(first.content == key(1).key.material && second.content == key(1).key.material)
            #expect(follower.snapshot.inUse == RotationID(1))
            fleet.publish(key(2))
            try await until("the next one, too") { fleet.said.last == "has 0000000000000002" }
            #expect(second.content == key(2).key.material)
        }
    }

    @Test(.timeLimit(.minutes(2))) func nothingIsSaidBeforeEveryPlaceHasIt() async throws {
        let broken = Shared(true)
        let second = ScriptedSink(
            hooks: ScriptedSink.Hooks(before: { _ in broken.value ? .fault(SinkFault("the disk is full")) : nil })
        )
        let follower = follower([("first", ScriptedSink()), ("second", second)])
        try await following(follower) {
            fleet.publish(key(1))
            try await until("it says why") { follower.snapshot.failure == "second: the disk is full" }
            #expect(fleet.said.allSatisfy { $0 == "takes another" })
            #expect(follower.snapshot.inUse == nil)
            broken.value = false
            try await until("it tries again") {
                time.advance(by: .seconds(1))
                return fleet.said.last == "has 0000000000000001"
            }
            #expect(follower.snapshot.failure == nil)
        }
    }

    @Test(.timeLimit(.minutes(2))) func aPlaceThatLostTheKeyGetsItAgain() async throws {
        let sink = ScriptedSink()
        try await following(follower([("first", sink)])) {
            fleet.publish(key(1))
            try await until("it is acknowledged") { fleet.said.last == "has 0000000000000001" }
            sink.overwrite(nil)
            try await until("it is there again") {
                time.advance(by: .seconds(60))
                return sink.content == key(1).key.material
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func whatWasKeptOfTheKeyBeforeGoesWhenTheRotationHasEnded() async throws {
        let sink = ScriptedSink(KeyMaterial(["secret": Redacted("by hand")]))
        try await following(follower([("first", sink)])) {
            fleet.publish(key(1))
            try await until("it is acknowledged") { fleet.said.last == "has 0000000000000001" }
            #expect(sink.keepsAside)
            settled.value = [RotationID(1)]
            try await until("it is thrown away") {
                time.advance(by: .seconds(60))
                return !sink.keepsAside
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func whatWasThereBeforeComesBackWhenNothingIsPublishedAnyMore() async throws {
        let old = KeyMaterial(["secret": Redacted("by hand")])
        let sink = ScriptedSink(old)
        let follower = follower([("first", sink)])
        try await following(follower) {
            fleet.publish(key(1))
            try await until("it is acknowledged") { fleet.said.last == "has 0000000000000001" }
            fleet.publish(nil)
            try await until("it says why not") { follower.snapshot.failure?.contains("nobody rolled back") == true }
            #expect(sink.content == key(1).key.material)
            isRolledBack.value = true
            try await until("it is given back") {
                time.advance(by: .seconds(1))
                return fleet.said.last == "withdraws"
            }
            #expect(sink.content == old)
        }
    }

    @Test(.timeLimit(.minutes(2))) func aFleetThatCannotBeReadLeavesTheKeyWhereItIs() async throws {
        let sink = ScriptedSink()
        let follower = follower([("first", sink)])
        try await following(follower) {
            fleet.publish(key(1))
            try await until("it is acknowledged") { fleet.said.last == "has 0000000000000001" }
            fleet.fail(JournalError(.unavailable, "etcd is away"))
            fleet.publish(key(2))
            try await until("it says why") {
                time.advance(by: .seconds(1))
                return follower.snapshot.failure == "etcd is away"
            }
            #expect(sink.content == key(1).key.material)
            fleet.fail(nil)
            try await until("it goes on") {
                time.advance(by: .seconds(1))
                return sink.content == key(2).key.material
            }
        }
    }
}

/// What a test changes while others read it.
private final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
