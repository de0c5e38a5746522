internal import FoundationEssentials

/// An instant as Signature Version 4 writes it: `20260901T100000Z`.
struct AmazonTime: Sendable {
    let text: String
    let date: Date

    /// Reads `text`; `nil` for what is no such time.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var number = 0
            for byte in bytes[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return number
        }
        guard let year = number(0..<4), let month = number(4..<6), (1...12).contains(month),
            let day = number(6..<8), (1...31).contains(day), let hour = number(9..<11), hour < 24,
            let minute = number(11..<13), minute < 60, let second = number(13..<15), second < 60
        else { return nil }
        self.text = text
        let seconds = Self.days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
        date = Date(timeIntervalSince1970: Double(seconds))
    }

    /// The day alone, as the credential scope has it.
    var day: String { String(text.prefix(8)) }

    /// Days since 1970-01-01, counted in years that begin in March, so that a leap day is the last one.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = year + 400 - (month <= 2 ? 1 : 0)  // never negative
        let (era, yearOfEra) = year.quotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era - 1) * 146_097 + dayOfEra - 719_468
    }
}
