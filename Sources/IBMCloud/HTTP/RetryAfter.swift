internal import FoundationEssentials

/// The `Retry-After` header: seconds or an HTTP date (RFC 9110 section 10.2.3).
enum RetryAfter {
    /// Nobody is made to wait longer than this, whatever the header says.
    static let longest = Duration.seconds(3_600)

    /// How long to wait from `now`; `nil` when `text` is neither form.
    static func parse(_ text: String, now: Date) -> Duration? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return min(.seconds(Int(text) ?? .max), longest)
        }
        guard let date = CivilTime(httpDate: text)?.date else { return nil }
        let seconds = date.timeIntervalSince(now)
        return seconds <= 0 ? .zero : seconds >= 3_600 ? longest : .milliseconds(Int(seconds * 1_000))
    }
}
