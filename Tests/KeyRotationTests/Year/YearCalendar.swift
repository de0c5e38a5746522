import Foundation

@testable import KeyRotation

/// When a plan's rotations are to start, found minute by minute and without the schedule's own arithmetic.
struct YearCalendar: Sendable {
    /// The times of the expression, delayed.
    let occurrences: [Int]
    let zone: TimeZone
    let windows: [BruteForceSchedule.Window]
    /// On the wall, in minutes since 1970, both ends among them.
    let dark: ClosedRange<Int>?
    let maximumAge: Int?
    let catchUp: PlanSchedule.CatchUp

    private func shown(_ time: Int) -> Int {
        (time + zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time)))) / 60
    }

    func isDark(_ time: Int) -> Bool { dark?.contains(shown(time)) ?? false }

    func allows(_ time: Int) -> Bool {
        if isDark(time) { return false }
        if windows.isEmpty { return true }
        let minutes = shown(time)
        let (day, minute) = (minutes / 1_440, minutes % 1_440)
        return windows.contains { window in
            window.from < window.to
                ? window.days.contains((day + 4) % 7) && (window.from..<window.to).contains(minute)
                : window.days.contains((day + 4) % 7) && minute >= window.from
                    || window.days.contains((day + 3) % 7) && minute < window.to
        }
    }

    private func firstAllowed(_ time: Int) -> Int {
        if allows(time) { return time }
        var minute = time - time % 60 + 60
        while !allows(minute) { minute += 60 }
        return minute
    }

    /// When the next rotation starts, after one that started and ended then.
    ///
    /// - Parameters:
    ///   - started: when the last one started; `nil` for the first.
    ///   - since: when the plan was first seen.
    ///   - free: when nothing kept the next one from starting any more.
    ///   - keyCreated: when the key in use was made.
    ///   - up: the first time from a time on at which the daemon is there.
    /// - Returns: the start; `nil` when there is none in the year.
    func next(started: Int?, since: Int, free: Int, keyCreated: Int?, up: (Int) -> Int) -> Int? {
        func settled(_ time: Int) -> Int {
            var (time, before) = (max(time, free), Int.min)
            while time != before {
                before = time
                time = up(firstAllowed(time))
            }
            return time
        }
        let pending = occurrences.filter { $0 > started ?? 0 && $0 >= since }
        let scheduled: Int? =
            switch catchUp {
            case .once: pending.first.map(settled)
            // Who comes a minute late still starts it.
            case .never: pending.first { allows($0) && max(up($0), free) <= $0 + 60 }.map { max(up($0), free) }
            }
        let aged = maximumAge.flatMap { age in
            (keyCreated ?? started).map { settled($0 + age) } ?? (occurrences.isEmpty ? settled(since) : nil)
        }
        return [scheduled, aged].compactMap(\.self).min()
    }
}
