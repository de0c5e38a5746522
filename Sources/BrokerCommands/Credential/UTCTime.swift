internal import FoundationEssentials

/// Times for machines.
enum UTCTime {
    /// `2026-11-24T12:00:00Z` (RFC 3339); nil outside of the years 1970 to 9999.
    static func text(secondsSince1970 seconds: Int) -> String? {
        guard (0...253_402_300_799).contains(seconds) else { return nil }
        return Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
