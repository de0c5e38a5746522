internal import BrokerAPI

/// How many tokens each workload took a minute lately.
struct TopRates {
    /// Whose tokens of what.
    struct Key: Hashable {
        let workload: ActivityResponse.Workload
        let profile: String

        init(_ share: ActivityResponse.Share) { (workload, profile) = (share.workload, share.profile) }
    }

    private struct Look {
        let at: Duration
        let released: [Key: Int]
    }

    /// What is longer ago does not count.
    static let window: Duration = .seconds(60)

    /// The oldest first; a bounded number, since looks are not more often than ten times a second.
    private var looks: [Look] = []
    private static let mostLooks = 601

    /// Takes note of an answer that came at `now`, on a clock that only goes forward.
    mutating func note(_ activity: ActivityResponse, at now: Duration) {
        let released = Dictionary(activity.workloads.map { (Key($0), $0.released) }) { first, _ in first }
        // A daemon that was started again counts from the beginning.
        if let last = looks.last?.released, released.contains(where: { $1 < last[$0] ?? 0 }) { looks = [] }
        looks.append(Look(at: now, released: released))
        while looks.count > Self.mostLooks || (looks.count > 2 && now - looks[1].at >= Self.window) {
            looks.removeFirst()
        }
    }

    /// Tokens a minute; `nil` after a single look.
    func perMinute(_ share: ActivityResponse.Share) -> Double? {
        guard let first = looks.first, let last = looks.last, last.at > first.at else { return nil }
        let key = Key(share)
        let count = (last.released[key] ?? 0) - (first.released[key] ?? 0)
        return Double(max(0, count)) / ((last.at - first.at) / .seconds(60))
    }
}
