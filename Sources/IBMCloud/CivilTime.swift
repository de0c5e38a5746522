internal import FoundationEssentials

/// A date and time of day in UTC, as the APIs spell it.
struct CivilTime: Equatable {
    private let year: Int
    private let month: Int
    private let day: Int
    private let secondOfDay: Int
    private let fraction: Double

    private init?(_ year: Int, _ month: Int, _ day: Int, time: ArraySlice<UInt8>, fraction: Double = 0) {
        var fields = DigitFields(time)
        guard let hour = fields.number(2), fields.skip(":"), let minute = fields.number(2), fields.skip(":"),
            let second = fields.number(2), fields.isAtEnd, hour < 24, minute < 60, second < 60,
            (1970...9999).contains(year), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        (self.year, self.month, self.day, self.fraction) = (year, month, day, fraction)
        secondOfDay = hour * 3_600 + minute * 60 + second
    }

    /// RFC 3339 as IBM writes it: `2026-09-01T10:00:00Z`, with or without a fraction of up to nine digits.
    ///
    /// Other offsets than `Z` and leap seconds are refused.
    init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        var fields = DigitFields(bytes[...])
        guard let year = fields.number(4), fields.skip("-"), let month = fields.number(2), fields.skip("-"),
            let day = fields.number(2), fields.skip("T"), bytes.count >= 20, bytes.last == UInt8(ascii: "Z")
        else { return nil }
        var fraction = 0.0
        if bytes.count > 20 {
            let digits = bytes[20..<bytes.count - 1]
            guard bytes[19] == UInt8(ascii: "."), (1...9).contains(digits.count),
                let value = DigitFields.decimal(digits)
            else { return nil }
            fraction = digits.reduce(Double(value)) { value, _ in value / 10 }
        }
        self.init(year, month, day, time: bytes[11..<19], fraction: fraction)
    }

    /// As the IAM Identity API has times, without seconds: `2026-09-01T10:00+0000`; RFC 3339 is taken too.
    init?(identityAPI text: String) {
        let minutes = text.utf8.count == 21 && text.hasSuffix("+0000") ? "\(text.dropLast(5)):00Z" : text
        self.init(rfc3339: minutes)
    }

    /// The preferred form of an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
    init?(httpDate text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 29, text.hasSuffix(" GMT") else { return nil }
        var fields = DigitFields(bytes[3...])
        guard Self.weekdays.contains(String(text.prefix(3))), fields.skip(","), fields.skip(" "),
            let day = fields.number(2), fields.skip(" "),
            let month = Self.months.firstIndex(of: String(decoding: bytes[8..<11], as: UTF8.self))
        else { return nil }
        var rest = DigitFields(bytes[11...])
        guard rest.skip(" "), let year = rest.number(4), rest.skip(" ") else { return nil }
        self.init(year, month + 1, day, time: bytes[17..<25])
    }

    var date: Date {
        Date(timeIntervalSince1970: Double(daysSince1970 * 86_400 + secondOfDay) + fraction)
    }

    private var daysSince1970: Int {
        let before = year - 1
        let leapDays = (before / 4 - before / 100 + before / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400)
        let inYear = (1..<month).reduce(0) { $0 + Self.days(in: $1, of: year) }
        return (year - 1970) * 365 + leapDays + inYear + day - 1
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
