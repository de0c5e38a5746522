package import FoundationEssentials

/// A cron expression by the clock on the wall of one place.
///
/// When that clock is changed, Vixie cron's rule holds: an expression for fixed times, with no `*` in minute and hour, has each of its times
/// once. A time that the clock leaps over is due at the end of the leap; of a time that comes twice the first counts. An expression with
/// a `*` there goes by what the clock shows.
package struct CronSchedule: Sendable {
    package let expression: CronExpression
    private let clock: WallClock
    /// Minutes after midnight, in their order.
    private let minutes: [Int]

    package init(_ expression: CronExpression, in zone: TimeZone) {
        self.expression = expression
        clock = WallClock(zone)
        minutes = (0..<1_440).filter(expression.includes(minuteOfDay:))
    }

    private static let day = ScheduleLimits.day
    /// February 29 on one day of the week comes after 40 years at most.
    private static let horizon = ScheduleLimits.horizon
    private static let largestChange = ScheduleLimits.largestChange

    /// The next times, in seconds since 1970, the earliest first.
    ///
    /// - Parameters:
    ///   - seconds: times after this one; a time that is this one is over.
    ///   - count: how many at most.
    /// - Returns: fewer than `count` when there are no more within 45 years.
    package func times(after seconds: Int, count: Int) -> [Int] {
        var times: [Int] = []
        let limit = seconds + Self.horizon
        // What the clock showed shortly before decides about what comes twice.
        var start = seconds - Self.largestChange
        var shown: Int?
        while start < limit, times.count < count {
            let stretch = clock.stretch(from: start, limit: limit)
            add(stretch, after: seconds, shown: shown, count, to: &times)
            shown = max(shown ?? stretch.local.upperBound, stretch.local.upperBound)
            start = stretch.end
        }
        return times
    }

    /// Adds the times of one stretch; `shown` is the latest that the clock has shown before.
    private func add(_ stretch: WallClock.Stretch, after seconds: Int, shown: Int?, _ count: Int, to times: inout [Int])
    {
        let local = stretch.local
        var first = local.lowerBound
        if let shown, !expression.isWildcard {
            if shown < local.lowerBound, stretch.start > seconds, hasTime(in: shown..<local.lowerBound) {
                times.append(stretch.start)
            }
            first = max(first, shown)
        }
        // What is over need not be counted.
        first = max(first, min(seconds + stretch.offset, local.upperBound))
        guard first < local.upperBound else { return }
        for number in Self.floor(first)...Self.floor(local.upperBound - 1) {
            guard times.count < count else { return }
            guard expression.includes(CivilDay(number: number)) else { continue }
            for minute in minutes where times.count < count {
                let shownTime = number * Self.day + minute * 60
                guard shownTime >= first, shownTime < local.upperBound else { continue }
                let time = shownTime - stretch.offset
                if time > seconds, times.last != time { times.append(time) }
            }
        }
    }

    private func hasTime(in local: Range<Int>) -> Bool {
        for number in Self.floor(local.lowerBound)...Self.floor(local.upperBound - 1)
        where expression.includes(CivilDay(number: number)) {
            if minutes.contains(where: { local.contains(number * Self.day + $0 * 60) }) { return true }
        }
        return false
    }

    private static func floor(_ seconds: Int) -> Int { ScheduleLimits.day(of: seconds) }
}
