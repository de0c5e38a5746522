internal import BrokerAPI
internal import FoundationEssentials

/// Times on the page.
enum PageTime {
    static func span(_ seconds: Int) -> String { ShortTime.text(seconds: seconds) }

    /// The same for the time between two, in seconds since 1970.
    static func span(from start: Int, to end: Int) -> String { ShortTime.text(from: start, to: max(start, end)) }

    /// How long ago `time` was; both in seconds since 1970.
    static func ago(_ time: Int, now: Int) -> String { ShortTime.text(from: time, to: max(time, now)) + " ago" }

    /// How far ahead `time` is; `now` for what is over.
    static func ahead(_ time: Int, now: Int) -> String {
        time <= now ? "now" : "in " + ShortTime.text(from: now, to: time)
    }

    /// `2026-09-01T11:00:00Z`, for seconds since 1970.
    static func date(_ seconds: Int) -> String {
        guard (0...253_402_300_799).contains(seconds) else { return "\(seconds)" }
        return Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}

/// Counts on the page.
enum PageNumber {
    /// `1 234 567`, with spaces that do not break.
    static func text(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "\u{A0}" }
            text.append(digit)
        }
        return text
    }
}
