package import AccessPolicy
package import FoundationEssentials
internal import Synchronization

/// A policy and its place in the row of policies that the daemon has had.
package final class PolicySnapshot: Sendable {
    package let policy: Policy
    /// 1 for the policy that the daemon started with.
    package let generation: UInt64
    package let loadedAt: Date

    init(_ policy: Policy, generation: UInt64, loadedAt: Date) {
        self.policy = policy
        self.generation = generation
        self.loadedAt = loadedAt
    }
}

/// The policy that decides at this moment.
///
/// Whoever keeps a decision keeps its generation with it and asks again when ``generation`` is another: so a policy that
/// is replaced has no say any more from that moment on.
package final class PolicyInForce: Sendable {
    private struct Protected {
        var current: PolicySnapshot
        /// The newest first; bounded, because a policy may be large and reloads many.
        var former: [PolicySnapshot] = []
        var lastRefusal: String?
    }

    private let protected: Mutex<Protected>
    private let number: Atomic<UInt64>
    private static let keptFormer = 3

    package init(_ policy: Policy, now: Date) {
        protected = Mutex(Protected(current: PolicySnapshot(policy, generation: 1, loadedAt: now)))
        number = Atomic(1)
    }

    package var generation: UInt64 { number.load(ordering: .acquiring) }

    package var current: PolicySnapshot { protected.withLock { $0.current } }

    /// Why the last attempt to load another policy failed; `nil` when it succeeded.
    package var lastRefusal: String? { protected.withLock { $0.lastRefusal } }

    /// The policy of that generation, unless it is too long ago.
    func snapshot(generation: UInt64) -> PolicySnapshot? {
        protected.withLock { protected in
            ([protected.current] + protected.former).first { $0.generation == generation }
        }
    }

    /// Puts another policy in force, whole and at once.
    ///
    /// - Returns: its generation; `nil` when it says the same as the one in force, which then stays.
    @discardableResult
    package func replace(with policy: Policy, now: Date) -> UInt64? {
        protected.withLock { protected in
            protected.lastRefusal = nil
            guard policy != protected.current.policy else { return nil }
            let next = protected.current.generation &+ 1
            protected.former = Array(([protected.current] + protected.former).prefix(Self.keptFormer))
            protected.current = PolicySnapshot(policy, generation: next, loadedAt: now)
            number.store(next, ordering: .releasing)
            return next
        }
    }

    /// Another policy was to be loaded and is not good: the one in force stays.
    package func keep(because refusal: String) {
        protected.withLock { $0.lastRefusal = refusal }
    }
}
