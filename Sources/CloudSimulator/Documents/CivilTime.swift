internal import FoundationEssentials

/// An instant in the parts people write, in UTC, to the millisecond.
struct CivilTime {
    private let year: Int
    private let month: Int
    private let day: Int
    private let weekday: Int
    private let milliseconds: Int

    /// Takes the parts of `date`; what is out of the years 0 to 9999 is clamped to them.
    init(_ date: Date) {
        let seconds = min(max(date.timeIntervalSince1970, -62_167_219_200), 253_402_300_799)
        let total = Int((seconds * 1_000).rounded())
        let days = (total - Self.modulo(total, 86_400_000)) / 86_400_000
        milliseconds = Self.modulo(total, 86_400_000)
        weekday = Self.modulo(days + 4, 7)  // 1970-01-01 was a Thursday
        // Days since 0000-03-01, so that a leap day is the last day of its year.
        let shifted = days + 719_468
        let era = (shifted - Self.modulo(shifted, 146_097)) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// RFC 3339 to the second: `2026-09-01T10:00:00Z`.
    var rfc3339: String { "\(date)T\(time)Z" }

    /// RFC 3339 to the millisecond: `2026-09-01T10:00:00.363Z`.
    var rfc3339WithMilliseconds: String { "\(date)T\(time).\(Self.padded(milliseconds % 1_000, 3))Z" }

    /// The IMF-fixdate of RFC 9110: `Tue, 01 Sep 2026 10:00:00 GMT`.
    var http: String {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let year = Self.padded(year, 4)
        return "\(weekdays[weekday]), \(Self.padded(day, 2)) \(months[month - 1]) \(year) \(time) GMT"
    }

    /// As the IAM Identity API has times, which no parser of RFC 3339 takes: `2026-09-01T10:00+0000`.
    var iamIdentity: String { "\(date)T\(time.prefix(5))+0000" }

    /// As the `context` of an IAM error has it: `01.09.2026 10:00:00:123 UTC`.
    var iamContext: String {
        let date = "\(Self.padded(day, 2)).\(Self.padded(month, 2)).\(Self.padded(year, 4))"
        return "\(date) \(time):\(Self.padded(milliseconds % 1_000, 3)) UTC"
    }

    /// As the `kid` of an IAM key has it: `202609011000`.
    var keyID: String { (date + time).filter(\.isNumber).prefix(12).description }

    private var date: String { "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))" }

    private var time: String {
        let seconds = milliseconds / 1_000
        return [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }.joined(separator: ":")
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func modulo(_ number: Int, _ divisor: Int) -> Int {
        let remainder = number % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
