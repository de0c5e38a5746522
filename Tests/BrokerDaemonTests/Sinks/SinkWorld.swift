import AccessPolicy
import BrokerServer
import BrokerTesting
import DaemonConfiguration
import Foundation
import JOSE
import Synchronization
import Testing
import TokenBroker

@testable import BrokerDaemon

/// A lane with a real broker and a real policy, a scripted disk, and clocks that stand still.
final class SinkWorld: Sendable {
    private struct Protected {
        var calls: [String] = []
        var writes: [UpkeepFailure?]
        var reloads: [UpkeepFailure?]
        var removals: [UpkeepFailure?]
        var finds: [UpkeepFailure?]
        var isIntact = true
        var found: Date?
        var beforeCommit: (@Sendable () -> Void)?
        var hasFile: Bool
    }

    let time = ManualTime()
    let audit = RecordingAuditLog()
    let mint: TokenMint
    let exchanger: ScriptedExchanger
    let broker: TokenBroker
    let policy: PolicyInForce
    private let setting: SinkSetting
    private let lane: ProfileLane
    private let protected: Mutex<Protected>
    private let names = Mutex<[CheckedContinuation<Void, Never>]>([])

    static let granting = """
        version: 1
        grants: [{ name: files, profiles: [reports], sinks: [app] }]
        """
    static let silent = """
        version: 1
        grants: [{ name: others, profiles: [reports], workloads: [{ uid: 1 }], sinks: [other] }]
        """

    /// `nil` in a script stands for success, and so does its end.
    init(
        policy: String = SinkWorld.granting,
        remove: String = "[lock, expiry]",
        writes: [UpkeepFailure?] = [],
        reloads: [UpkeepFailure?] = [],
        removals: [UpkeepFailure?] = [],
        finds: [UpkeepFailure?] = [],
        found: Date? = nil,
        exchanger: ScriptedExchanger? = nil
    ) throws {
        let (mint, time) = (try TokenMint(), time)
        self.mint = mint
        self.exchanger =
            exchanger
            ?? ScriptedExchanger { _ in
                Result { try mint.token(issuedAt: time.now.wall) }
                    .mapError { _ in AcquisitionError(.malformedAnswer, "the mint is broken") }
            }
        let identity = InstanceIdentityToken(
            compact: Redacted("identity"),
            expiresAt: ManualTime.start.addingTimeInterval(1e6),
            accountID: mint.accountID
        )
        let keys = KeySetCache(source: ScriptedKeySetSource(always: try mint.keySet()), time: time)
        let pipeline = TokenPipeline(
            identity: IdentityTokens(source: ScriptedIdentitySource(always: identity), time: time),
            exchanger: self.exchanger,
            keys: keys,
            issuer: TokenIssuer(issuer: mint.issuer),
            time: time,
            audit: audit
        )
        let configuration = try DaemonConfiguration(
            parsing: """
                profiles: { reports: { id: \(mint.profileID) } }
                policies: /policies
                sinks: { app: { profile: reports, path: /run/app/token, remove: \(remove) } }
                """,
            file: "config.yaml",
            accounts: AccountNames(userID: { _ in nil }, groupID: { _ in nil })
        )
        setting = try #require(configuration.sinks.first)
        broker = TokenBroker(
            profiles: configuration.profiles,
            pipeline: pipeline,
            keys: keys,
            time: time,
            draw: { 0 },
            audit: audit,
            locks: try StoredLocks(reading: ScriptedLockStore())
        )
        lane = try #require(broker.lane(setting.profile))
        self.policy = PolicyInForce(try Self.policy(policy), now: time.now.wall)
        protected = Mutex(
            Protected(
                writes: writes,
                reloads: reloads,
                removals: removals,
                finds: finds,
                found: found,
                hasFile: found != nil
            )
        )
    }

    private static func policy(_ text: String) throws -> Policy {
        Policy([
            try PolicyDocument(
                parsing: text,
                file: "test.yaml",
                profiles: nil,
                accounts: AccountNames(userID: { _ in nil }, groupID: { _ in nil })
            )
        ])
    }

    /// What was done to the disk, in order.
    var calls: [String] { protected.withLock { $0.calls } }
    var hasFile: Bool { protected.withLock { $0.hasFile } }

    /// Another policy comes into force.
    func enforce(_ text: String) throws {
        policy.replace(with: try Self.policy(text), now: time.now.wall)
        broker.policyChanged()
    }

    /// The broker's token is another from now on.
    func dropToken() {
        let isOver = DispatchSemaphore(value: 0)
        Task { [lane, time] in
            _ = await lane.refresh(deadline: time.now.boot + .seconds(5))
            isOver.signal()
        }
        isOver.wait()
    }

    /// Somebody changes the file.
    func spoil() { protected.withLock { $0.isIntact = false } }

    /// Something happens when a new content is about to get its name.
    func beforeCommit(_ body: @escaping @Sendable () -> Void) { protected.withLock { $0.beforeCommit = body } }

    /// Runs a lane beside `body`, and stops it afterwards.
    func running(_ body: (SinkLane) async throws -> Void) async throws {
        let sink = SinkLane(setting, actions: actions, time: time, draw: { 0 }, audit: audit)
        let task = Task { await sink.run() }
        do {
            try await body(sink)
        } catch {
            task.cancel()
            await task.value
            throw error
        }
        task.cancel()
        await task.value
    }

    /// Waits until `count` things in all were done to the disk.
    func calls(_ count: Int) async -> [String] {
        while true {
            await withCheckedContinuation { continuation in
                let isThere = names.withLock { waiting in
                    if self.calls.count >= count { return true }
                    waiting.append(continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
            let done = self.calls
            if done.count >= count { return done }
        }
    }

    /// Lets time pass once the lane sleeps until `span` from now.
    func pass(_ span: Duration) async {
        await time.sleeper(until: time.now.boot + span)
        time.advance(by: span)
    }

    private func note(_ call: String, _ change: (inout Protected) -> UpkeepFailure?) throws(UpkeepFailure) {
        let failure = protected.withLock { protected in
            protected.calls.append(call)
            return change(&protected)
        }
        let waiting = names.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for continuation in waiting { continuation.resume() }
        if let failure { throw failure }
    }

    private var actions: SinkLane.Actions {
        SinkLane.Actions(
            decide: { [self] in policy.current.policy.decide(sink: "app", setting.profile, at: time.now.wall) },
            holds: { [lane] in lane.holds($0) },
            token: { [self] in await lane.token($0, deadline: time.now.boot + .seconds(15)) },
            write: { [self] released, stands, wrote throws(UpkeepFailure) in try write(released, stands, wrote) },
            isIntact: { [self] _ in protected.withLock { $0.isIntact } },
            reload: { [self] _ throws(UpkeepFailure) in
                try note("reload") { $0.reloads.isEmpty ? nil : $0.reloads.removeFirst() }
            },
            remove: { [self] () throws(UpkeepFailure) in
                let had = hasFile
                guard had else { return false }
                try note("remove") { protected in
                    let failure = protected.removals.isEmpty ? nil : protected.removals.removeFirst()
                    if failure == nil { protected.hasFile = false }
                    return failure
                }
                return true
            },
            find: { [self] () throws(UpkeepFailure) in
                let failure = protected.withLock { $0.finds.isEmpty ? nil : $0.finds.removeFirst() }
                if let failure { throw failure }
                return protected.withLock { $0.found }
            },
            settle: {},
            happenings: { [lane] in lane.happenings },
            happened: { [lane] in await lane.happened(after: $0, until: $1) }
        )
    }

    private func write(
        _ released: ReleasedToken,
        _ stands: () -> Bool,
        _ wrote: (SinkPrint) -> Void
    ) throws(UpkeepFailure) {
        protected.withLock { $0.beforeCommit }?()
        guard stands() else { return try note("give up") { _ in nil } }
        let print: SinkPrint
        do {
            print = try SinkPrint(file: released.cached.token.compact, pair: nil)
        } catch {
            throw UpkeepFailure("no digest")
        }
        let failure = protected.withLock { $0.writes.isEmpty ? nil : $0.writes.removeFirst() }
        if failure == nil {
            protected.withLock { ($0.hasFile, $0.isIntact) = (true, true) }
            wrote(print)
        }
        try note("write \(released.cached.generation)") { _ in failure }
    }
}
