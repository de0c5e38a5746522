internal import BrokerAPI
internal import FoundationEssentials

/// Times as people say them.
enum TimeInWords {
    /// `2026-09-01T11:00:00Z (in 42 minutes)`, or `nil` for what is not a time between 1970 and 9999.
    static func describe(secondsSince1970 seconds: Double, now: Date) -> String? {
        guard (0...253_402_300_799).contains(seconds) else { return nil }
        let date = Date(timeIntervalSince1970: seconds.rounded(.down))
        return "\(date.formatted(.iso8601)) (\(distance(seconds - now.timeIntervalSince1970)))"
    }

    /// `2026-09-01T11:00:00Z`, or `nil` for what is not a time between 1970 and 9999.
    static func date(secondsSince1970 seconds: Int) -> String? {
        guard (0...253_402_300_799).contains(seconds) else { return nil }
        return Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    /// `in 42 minutes`, `3 hours ago` or `now`, from how many seconds ahead it is.
    static func distance(_ seconds: Double) -> String {
        let length = seconds.magnitude
        guard length >= 1 else { return "now" }
        let words = amount(length)
        return seconds > 0 ? "in \(words)" : "\(words) ago"
    }

    /// `42m 0s`, `1h 5m`: two units at most, for tables.
    static func short(seconds: Int) -> String { ShortTime.text(seconds: seconds) }

    /// The same for the time between two, in seconds since 1970; those that the other side makes up do no harm.
    static func short(from start: Int, to end: Int) -> String { ShortTime.text(from: start, to: end) }

    private static func amount(_ seconds: Double) -> String {
        let units: [(name: String, seconds: Double)] = [
            ("year", 31_557_600), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1),
        ]
        let unit = units.first { seconds >= $0.seconds } ?? ("second", 1)
        let count = Int(exactly: (seconds / unit.seconds).rounded(.down)) ?? 0
        return "\(count) \(unit.name)\(count == 1 ? "" : "s")"
    }
}
