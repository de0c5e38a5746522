internal import AccessPolicy
internal import Synchronization

/// The buckets of all workloads.
///
/// A bucket belongs to a grant and to what a workload cannot choose itself: its user, its service and its container. The
/// process, its path and its groups do not count, or a loop of new processes would never be slowed down.
final class RateTable: Sendable {
    private struct Key: Hashable {
        let grant: String
        let rate: Rate
        let userID: UInt32
        let service: String?
        let container: String?
    }

    private struct Protected {
        var buckets: [Key: RateBucket] = [:]
        var lastSweep: Duration = .seconds(-1)
    }

    private let protected = Mutex(Protected())
    private let limit: Int

    init(limit: Int = 16_384) {
        self.limit = limit
    }

    /// The bucket for hand-outs to `workload`; `nil` when there is no room for another one.
    ///
    /// Buckets that are full again make room.
    func bucket(for permit: Permit, _ rate: Rate, _ workload: Workload, now: Duration) -> RateBucket? {
        // A login makes a scope of its own, and anybody can log in again; a service is what root set up.
        let service = workload.unit.value.flatMap { $0.hasSuffix(".service") ? $0 : nil }
        let key = Key(
            grant: permit.grant,
            rate: rate,
            userID: workload.userID,
            service: service,
            container: workload.container.value
        )
        return protected.withLock { protected in
            if let bucket = protected.buckets[key] { return bucket }
            if protected.buckets.count >= limit, now - protected.lastSweep >= .seconds(1) {
                protected.buckets = protected.buckets.filter { !$0.value.isFull(now: now) }
                protected.lastSweep = now
            }
            guard protected.buckets.count < limit else { return nil }
            let bucket = RateBucket(rate)
            protected.buckets[key] = bucket
            return bucket
        }
    }
}
