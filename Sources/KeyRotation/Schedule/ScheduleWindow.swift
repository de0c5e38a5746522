/// When rotations may start: some days of the week, from one time of the day to another, by the clock on a wall.
package struct ScheduleWindow: Sendable, Hashable {
    private let days: CronField
    /// Minutes after midnight.
    private let from: Int
    /// How long it is open, in minutes, by the clock on the wall: a day at most.
    private let length: Int

    /// Reads a window.
    ///
    /// - Parameters:
    ///   - days: the days on which it opens, like the day of week of a cron expression: `mon-fri`, `6,7`; `*` for all.
    ///   - from: when it opens, `00:00` to `23:59`.
    ///   - to: when it closes, `00:00` to `24:00`; it is closed then. What is not later than `from` is on the day after.
    /// - Throws: ``ScheduleError``, which says what is wrong.
    package init(days: String = "*", from: String, to: String) throws(ScheduleError) {
        do throws(CronError) {
            self.days = try CronField(days[...], .dayOfWeek)
        } catch {
            throw ScheduleError("the days of a window: \(error.message)")
        }
        guard let start = CivilTime.minutes(from), start < 1_440 else {
            throw ScheduleError("'\(ScheduleError.plain(from))' is no time at which a window opens, 00:00 to 23:59")
        }
        guard let end = CivilTime.minutes(to) else {
            throw ScheduleError("'\(ScheduleError.plain(to))' is no time at which a window closes, 00:00 to 24:00")
        }
        self.from = start
        length = end > start ? end - start : end + 1_440 - start
    }

    /// What it shows on the wall while the window that opens on this day is open; `nil` when none does.
    func span(openingOn day: CivilDay) -> Range<Int>? {
        guard days.contains(day.weekday) else { return nil }
        let start = day.number * ScheduleLimits.day + from * 60
        return start..<start + length * 60
    }
}
