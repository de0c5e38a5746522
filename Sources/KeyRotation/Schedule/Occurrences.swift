/// The times of an expression on one host: delayed, and where no start is allowed moved or left out.
struct Occurrences: Sendable {
    private let cron: CronSchedule
    /// Seconds.
    private let delay: Int
    private let allowed: AllowedTimes
    private let catchUp: PlanSchedule.CatchUp

    init(_ cron: CronSchedule, delay: Int, _ allowed: AllowedTimes, _ catchUp: PlanSchedule.CatchUp) {
        (self.cron, self.delay, self.allowed, self.catchUp) = (cron, delay, allowed, catchUp)
    }

    /// The first start of an occurrence whose delayed time is after `time`.
    ///
    /// - Parameters:
    ///   - time: what was due until then is done.
    ///   - since: occurrences before it, without their delay, do not count.
    /// - Returns: when it starts; `nil` when there is none within the horizon.
    func start(after time: Int, since: Int = 0) -> Int? {
        let base = max(time - delay, since - 1)
        switch catchUp {
        case .once: return cron.times(after: base, count: 1).first.flatMap { allowed.first(notBefore: $0 + delay) }
        case .never: return firstAllowed(after: base)
        }
    }

    private static let largestBatch = 256

    /// The first delayed occurrence after `base` at which a start is allowed.
    private func firstAllowed(after base: Int) -> Int? {
        let limit = base + ScheduleLimits.horizon
        // No start is allowed before it.
        var opening = 0
        var (start, count) = (base, 1)
        while start < limit {
            let times = cron.times(after: start, count: count)
            guard let last = times.last else { return nil }
            for time in times where time + delay >= opening {
                guard time <= limit, let next = allowed.first(notBefore: time + delay) else { return nil }
                if next == time + delay { return next }
                opening = next
            }
            start = max(last, opening - delay - 1)
            count = min(count * 4, Self.largestBatch)
        }
        return nil
    }
}
