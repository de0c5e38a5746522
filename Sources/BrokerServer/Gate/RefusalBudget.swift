internal import AccessPolicy
internal import Synchronization
internal import TokenBroker

/// How many refusals of one user the audit log takes: nobody who is refused can push out what is recorded of the others.
final class RefusalBudget: Sendable {
    private struct Protected {
        var buckets: [UInt32: RateBucket] = [:]
    }

    private let protected = Mutex(Protected())
    /// Of all users for whom there is no room.
    private let shared = RateBucket(RefusalBudget.rate)
    private static let rate = Rate(count: 20, per: .seconds(1))
    private static let mostUsers = 4_096

    /// Whether another refusal of `userID` is to be recorded.
    func allows(_ userID: UInt32, now: Duration) -> Bool {
        let bucket = protected.withLock { protected in
            if let bucket = protected.buckets[userID] { return bucket }
            if protected.buckets.count >= Self.mostUsers {
                protected.buckets = protected.buckets.filter { !$0.value.isFull(now: now) }
            }
            guard protected.buckets.count < Self.mostUsers else { return shared }
            let bucket = RateBucket(Self.rate)
            protected.buckets[userID] = bucket
            return bucket
        }
        return bucket.take(now: now) == nil
    }
}
