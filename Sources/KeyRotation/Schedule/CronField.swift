/// One field of a cron expression: the numbers that it names.
struct CronField: Sendable, Hashable {
    /// Which field it is, and what may stand in it (crontab(5)).
    enum Kind: String, Sendable, CaseIterable {
        case minute
        case hour
        case dayOfMonth = "day of month"
        case month
        case dayOfWeek = "day of week"

        var range: ClosedRange<Int> {
            switch self {
            case .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            // Sunday is 0 and 7.
            case .dayOfWeek: 0...7
            }
        }

        /// Names of three letters, from the least number on.
        fileprivate var names: [String] {
            switch self {
            case .minute, .hour, .dayOfMonth: []
            case .month:
                ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            case .dayOfWeek: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
            }
        }
    }

    /// A bit for each number.
    private let bits: UInt64
    /// Whether it begins with `*`: then it is one that the clock on the wall runs through.
    let isWildcard: Bool

    /// Reads a list of numbers, names, ranges and steps, such as `1-5,30/10` or `mon-fri`.
    init(_ text: Substring, _ kind: Kind) throws(CronError) {
        isWildcard = text.first == "*"
        var bits: UInt64 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            for number in try Self.numbers(part, kind) { bits |= 1 << UInt64(number) }
        }
        if kind == .dayOfWeek, bits & 1 << 7 != 0 { bits = bits & ~(1 << 7) | 1 }
        self.bits = bits
    }

    func contains(_ number: Int) -> Bool { (0..<64).contains(number) && bits & 1 << UInt64(number) != 0 }

    /// From the least on.
    var numbers: [Int] { (0..<64).filter(contains) }

    private static func numbers(_ part: Substring, _ kind: Kind) throws(CronError) -> [Int] {
        let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = pieces.first, !first.isEmpty, pieces.count <= 2 else { throw error(part, kind) }
        var step = 1
        if pieces.count == 2 {
            guard let number = digits(pieces[1]), number > 0 else {
                throw CronError("the \(kind.rawValue) field has '\(plain(part))': a step is a number from 1 on")
            }
            step = number
        }
        let range = try range(first, kind, hasStep: pieces.count == 2)
        return Array(stride(from: range.lowerBound, through: range.upperBound, by: step))
    }

    private static func range(
        _ text: Substring,
        _ kind: Kind,
        hasStep: Bool
    ) throws(CronError) -> ClosedRange<Int> {
        if text == "*" {
            return kind == .dayOfWeek ? 0...6 : kind.range
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count) else { throw error(text, kind) }
        let from = try number(ends[0], kind)
        guard ends.count == 2 else {
            // A number with a step goes on to the end, as in 30/10.
            return hasStep ? from...(kind == .dayOfWeek ? max(6, from) : kind.range.upperBound) : from...from
        }
        let to = try number(ends[1], kind)
        // To Sunday, by its name, is to the end of the week.
        let end = kind == .dayOfWeek && to == 0 && from > 0 ? 7 : to
        guard from <= end else {
            throw CronError("the \(kind.rawValue) field has '\(plain(text))': a range goes from less to more")
        }
        return from...end
    }

    private static func number(_ text: Substring, _ kind: Kind) throws(CronError) -> Int {
        let index = kind.names.firstIndex(of: text.lowercased())
        if let index { return index + kind.range.lowerBound }
        guard let number = digits(text), kind.range.contains(number) else { throw error(text, kind) }
        return number
    }

    private static func digits(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }

    private static func error(_ text: Substring, _ kind: Kind) -> CronError {
        let names = kind.names.isEmpty ? "" : " or \(kind.names[0])…\(kind.names[kind.names.count - 1])"
        let range = "\(kind.range.lowerBound) to \(kind.range.upperBound)\(names)"
        return CronError(
            "the \(kind.rawValue) field has '\(plain(text))': it may have \(range), *, ranges, steps and lists"
        )
    }

    /// Text of somebody else's, for one line.
    private static func plain(_ text: Substring) -> String {
        text.unicodeScalars.prefix(32)
            .map { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F ? String($0) : "?" }.joined()
    }
}
