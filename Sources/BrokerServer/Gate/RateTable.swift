internal import AccessPolicy
internal import Synchronization

/// The buckets of all workloads.
///
/// A bucket belongs to a grant and to what a workload cannot choose itself: its user, its unit and its container. The
/// process, its path and its groups do not count, or a loop of new processes would never be slowed down.
final class RateTable: Sendable {
    private struct Key: Hashable {
        let grant: String
        let rate: Rate
        let userID: UInt32
        let unit: String?
        let container: String?
    }

    private let buckets = Mutex<[Key: RateBucket]>([:])
    private let limit: Int

    init(limit: Int = 16_384) {
        self.limit = limit
    }

    /// The bucket for hand-outs to `workload`; `nil` when there is no room for another one.
    ///
    /// Buckets that are full again make room.
    func bucket(for permit: Permit, _ rate: Rate, _ workload: Workload, now: Duration) -> RateBucket? {
        let key = Key(
            grant: permit.grant,
            rate: rate,
            userID: workload.userID,
            unit: workload.unit.value,
            container: workload.container.value
        )
        return buckets.withLock { buckets in
            if let bucket = buckets[key] { return bucket }
            if buckets.count >= limit { buckets = buckets.filter { !$0.value.isFull(now: now) } }
            guard buckets.count < limit else { return nil }
            let bucket = RateBucket(rate)
            buckets[key] = bucket
            return bucket
        }
    }
}
