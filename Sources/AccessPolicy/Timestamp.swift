internal import FoundationEssentials

/// Times as RFC 3339 writes them.
enum Timestamp {
    /// The instant that `text` names: date, `T`, time to the second, and `Z` or an offset.
    ///
    /// `nil` when it is anything else, as is
    /// a date that does not exist, a leap second, or a time without zone, which means another instant to each reader.
    static func date(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count == 20 || bytes.count == 25, let year = number(bytes[0..<4]), bytes[4] == dash,
            let month = number(bytes[5..<7]), bytes[7] == dash, let day = number(bytes[8..<10]),
            bytes[10] == UInt8(ascii: "T"), let hour = number(bytes[11..<13]), bytes[13] == colon,
            let minute = number(bytes[14..<16]), bytes[16] == colon, let second = number(bytes[17..<19]),
            let offset = offset(bytes[19...]), year >= 1970, (1...12).contains(month),
            (1...length(of: month, in: year)).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = (days(year, month, day) * 24 + hour) * 3_600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: TimeInterval(seconds))
    }

    /// Seconds east of UTC.
    private static func offset(_ zone: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(zone)
        if bytes == [UInt8(ascii: "Z")] { return 0 }
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == dash, bytes[3] == colon,
            let hours = number(bytes[1..<3]), let minutes = number(bytes[4..<6]), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (bytes[0] == dash ? -1 : 1)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// Since 1970-01-01, in the Gregorian calendar; not before it.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let before = year - 1
        // Leap days up to the end of 1969: 477.
        let leapDays = before / 4 - before / 100 + before / 400 - 477
        let months = (1..<month).reduce(0) { $0 + length(of: $1, in: year) }
        return (year - 1_970) * 365 + leapDays + months + day - 1
    }

    private static let dash = UInt8(ascii: "-")
    private static let colon = UInt8(ascii: ":")
}
