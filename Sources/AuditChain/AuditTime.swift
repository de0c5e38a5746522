internal import Glibc

/// An instant as the lines spell it: RFC 3339 in UTC, to the millisecond.
package struct AuditTime: Sendable, Hashable {
    /// Of 1970 to 9999.
    private let milliseconds: Int

    /// What is out of the years 1970 to 9999, or no number, is moved to the nearer end.
    package init(secondsSince1970 seconds: Double) {
        let latest = 253_402_300_799.0
        milliseconds = seconds > 0 ? Int((min(seconds, latest) * 1_000).rounded(.down)) : 0
    }

    /// `2026-09-01T10:00:00.363Z`: always 24 bytes, so that the order of texts is the order of times.
    package var text: String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = unsafe tm()
        guard unsafe gmtime_r(&seconds, &parts) != nil else { return "1970-01-01T00:00:00.000Z" }
        let date = unsafe [parts.tm_year + 1_900, parts.tm_mon + 1, parts.tm_mday].map { Self.padded(Int($0), 2) }
        let time = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map { Self.padded(Int($0), 2) }
        let fraction = Self.padded(milliseconds % 1_000, 3)
        return "\(date.joined(separator: "-"))T\(time.joined(separator: ":")).\(fraction)Z"
    }

    /// Whether `text` has the form of ``text``.
    static func isTime(_ text: String) -> Bool {
        let form = Array("0000-00-00T00:00:00.000Z".utf8)
        return text.utf8.count == form.count
            && zip(text.utf8, form)
                .allSatisfy { byte, expected in
                    expected == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == expected
                }
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
