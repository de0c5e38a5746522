internal import FoundationEssentials
package import KeyRotation
package import Logging
internal import Synchronization
internal import TokenBroker

/// That this node is there: a lease in etcd, kept for as long as the daemon runs.
///
/// ``run()`` keeps it. Until when it surely lasts is counted on the clock that counts from boot, from before a request was sent; when that instant
/// has passed the lease is given up, whatever etcd says later, and another one is begun.
package final class EtcdSession: Sendable {
    /// What a session is like.
    package struct Setting: Sendable {
        /// What the fleet calls this machine.
        package var node: NodeName
        /// Of the daemon.
        package var version: String
        /// How long a lease lasts without being kept, in seconds; etcd gives 2 at least.
        package var leaseSeconds: Int
        /// How often the node says when it was last seen.
        package var attendance: Duration
        /// How long to wait for a sign of a change before looking whether there is one.
        package var patience: Duration

        package init(
            node: NodeName,
            version: String,
            leaseSeconds: Int = 15,
            attendance: Duration = .seconds(60),
            patience: Duration = .seconds(30)
        ) {
            (self.node, self.version, self.leaseSeconds) = (node, version, leaseSeconds)
            (self.attendance, self.patience) = (attendance, patience)
        }
    }

    struct State {
        var lease: SessionLease?
        var isDraining = false
        var trouble: String?
        var lastAttendance: Duration?
        /// What this node said last; two when it is not known whether the last of them arrived.
        var said: [[UInt8]] = []
        /// Ends when any of the above changes.
        var change = EndMark()
    }

    package let setting: Setting
    let client: EtcdClient
    let keys: FleetKeys
    let logger: Logger
    /// Tells this process from others that call themselves the same.
    let start: String
    let state = Mutex(State())

    /// - Parameters:
    ///   - client: the cluster.
    ///   - setting: the node.
    ///   - logger: is told when the session begins and ends.
    package init(_ client: EtcdClient, _ setting: Setting, logger: Logger) {
        (self.client, self.setting, self.logger) = (client, setting, logger)
        keys = FleetKeys(prefix: client.configuration.prefix)
        start = Self.mark()
    }

    /// 128 bits that nobody else draws.
    static func mark() -> String {
        RotationID(.random(in: .min ... .max)).rawValue + RotationID(.random(in: .min ... .max)).rawValue
    }

    /// Why there is no session, for people; `nil` while there is one.
    package var trouble: String? {
        state.withLock { $0.lease == nil ? $0.trouble ?? "the session with etcd has not begun yet" : nil }
    }

    /// Whether an operator drains this node.
    package var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Keeps the session until the task is cancelled, and ends it then.
    package func run() async {
        var failures = 0
        while !Task.isCancelled {
            do throws(EtcdError) {
                let lease = try await begin()
                failures = 0
                await keep(lease)
                lease.mark.end()
                // What hangs on it is to go at once; if that fails it goes with the end of the lease.
                if !Task.isCancelled { try await client.revokeLease(lease.number, within: .seconds(1)) }
            } catch {
                note(error.message)
                failures += 1
            }
            await pause(after: failures)
        }
        await end()
    }

    /// Longer and longer, and not the same on all nodes.
    private func pause(after failures: Int) async {
        let longest = Duration.seconds(setting.leaseSeconds)
        let base = min(longest, .milliseconds(200) * (1 << min(failures, 8)))
        await sleep(base * Double.random(in: 0.5...1))
    }

    /// Waits so long, or until the task is cancelled.
    func sleep(_ length: Duration) async {
        try? await client.time.sleep(until: client.time.now.boot + length)
    }

    /// Tells people once why there is no session.
    func note(_ trouble: String) {
        let isNew = state.withLock { state in
            defer { state.trouble = trouble }
            return state.trouble != trouble
        }
        if isNew {
            logger.warning("This node has no session with etcd: rotation waits", metadata: ["error": "\(trouble)"])
        }
    }

    /// Changes the state, and wakes those who wait for a change.
    func update(_ change: (inout State) -> Void) {
        let mark = state.withLock { state in
            change(&state)
            defer { state.change = EndMark() }
            return state.change
        }
        mark.end()
    }

    /// Waits until this node may lead: it has a lease, and nobody drains it.
    func leaseForLeading() async throws(Interruption) -> SessionLease {
        while !Task.isCancelled {
            let (lease, change) = state.withLock { ($0.isDraining ? nil : $0.lease, $0.change) }
            if let lease, !lease.mark.isOver { return lease }
            await change.wait()
        }
        throw Interruption()
    }

    /// The lease that there is now.
    var lease: SessionLease? { state.withLock { $0.lease } }
}
