extension PlanSchedule {
    /// A preview has no more.
    package static let longestPreview = 10_000

    /// The starts to come if nothing is missed and every rotation succeeds: delayed, moved to where a start is allowed, each time once.
    ///
    /// With ``CatchUp/once`` a start that waits at `after` for its window, or for the end of a blackout, is among them.
    ///
    /// - Parameters:
    ///   - after: starts after this one, the earliest first.
    ///   - count: how many at most; never more than ``longestPreview``.
    ///   - plan: the plan's name.
    ///   - host: the machine's name.
    ///   - keyCreated: when the key in use was created; without it the age demands nothing before the first start.
    /// - Returns: fewer than `count` when there are no more.
    package func times(after: Int, count: Int, plan: String, host: String, keyCreated: Int? = nil) -> [Int] {
        let after = ScheduleLimits.clamp(after)
        let occurrences = occurrences(plan: plan, host: host)
        var times: [Int] = []
        // What became due since then waits.
        var done = catchUp == .once ? allowed.last(notAfter: after) ?? 0 : after
        var (last, created) = (after, keyCreated)
        while times.count < min(count, Self.longestPreview) {
            let aged = created.flatMap {
                agedDue(lastStart: nil, since: 0, keyCreated: $0, plan: plan, host: host)
            }
            let overdue = aged.flatMap { $0 > last ? $0 : allowed.first(notBefore: last + 1) }
            guard let next = [occurrences?.start(after: done), overdue].compactMap(\.self).min() else { break }
            times.append(next)
            (done, last, created) = (next, next, next)
        }
        return times
    }

    /// Whether it will ever start after `time`, within 45 years; otherwise its parts contradict each other.
    package func hasStart(after time: Int) -> Bool {
        let next = ScheduleLimits.clamp(time) + 1
        if maximumAge != nil, allowed.first(notBefore: next) != nil { return true }
        return occurrences(plan: "", host: "")?.start(after: next - 1) != nil
    }
}
