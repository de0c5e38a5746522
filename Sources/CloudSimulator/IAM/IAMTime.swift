internal import FoundationEssentials

/// Times of the IAM Identity API: `2026-09-01T10:00+0000`, without seconds and without a colon in the zone.
enum IAMTime {
    /// Reads `text`; `nil` for what is no such time in UTC.
    static func date(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count == 21, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[13] == UInt8(ascii: ":"), text.hasSuffix("+0000")
        else { return nil }
        let digits = bytes[..<4] + bytes[5..<7] + bytes[8..<13] + bytes[14..<16]
        return AmazonTime(String(decoding: digits, as: UTF8.self) + "00Z")?.date
    }
}
