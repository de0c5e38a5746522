/// A day, or a minute of one, as calendar and clock on a wall show it.
package struct CivilTime: Sendable, Hashable {
    /// The seconds of that day or minute, since midnight of 1970-01-01 on that wall.
    let seconds: Range<Int>

    /// Reads `2026-12-24` or `2026-12-24T18:30`, of the years 1970 to 9999.
    ///
    /// - Throws: ``ScheduleError`` for anything else, and for a day that the year does not have.
    package init(_ text: String) throws(ScheduleError) {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let date = parts.first, let day = Self.day(date) else { throw Self.error(text) }
        let midnight = day.number * ScheduleLimits.day
        guard parts.count == 2 else {
            seconds = midnight..<midnight + ScheduleLimits.day
            return
        }
        guard let minutes = Self.minutes(parts[1]), minutes < 1_440 else { throw Self.error(text) }
        seconds = midnight + minutes * 60..<midnight + minutes * 60 + 60
    }

    /// Minutes after midnight of `00:00` to `24:00`.
    static func minutes(_ text: some StringProtocol) -> Int? {
        guard let numbers = numbers(text, separator: ":", lengths: [2, 2]), numbers[1] < 60 else { return nil }
        let minutes = numbers[0] * 60 + numbers[1]
        return minutes <= 1_440 ? minutes : nil
    }

    private static func day(_ text: Substring) -> CivilDay? {
        guard let numbers = numbers(text, separator: "-", lengths: [4, 2, 2]), numbers[0] >= 1_970 else { return nil }
        return CivilDay(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    private static func numbers(_ text: some StringProtocol, separator: Character, lengths: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == lengths else { return nil }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard parts.allSatisfy({ $0.utf8.allSatisfy(digits.contains) }) else { return nil }
        let numbers = parts.compactMap { Int($0) }
        return numbers.count == lengths.count ? numbers : nil
    }

    private static func error(_ text: String) -> ScheduleError {
        ScheduleError(
            "'\(ScheduleError.plain(text))' is no day such as 2026-12-24, and no time of one such as 2026-12-24T18:30"
        )
    }
}
