/// What bounds the arithmetic and the searches of schedules.
enum ScheduleLimits {
    static let day = 86_400
    /// Nothing is looked for further ahead, as in ``CronSchedule``.
    static let horizon = 45 * 366 * day
    /// A clock on a wall is not changed by more.
    static let largestChange = 2 * day
    /// From 1970 to the end of the year 9999.
    static let seconds = 0...253_402_300_799

    /// The nearest time that can be reckoned with.
    static func clamp(_ time: Int) -> Int { min(max(time, seconds.lowerBound), seconds.upperBound) }

    /// The day that a time on a wall is of.
    static func day(of local: Int) -> Int { local >= 0 ? local / day : (local - day + 1) / day }
}
