/// Keeps documents away from the YAML parser that could make it work for ever.
///
/// Aliases (`*name`) are not part of our documents. They are refused at their anchors when the document is parsed, but while it
/// is parsed a few dozen aliases of aliases, used as keys, can stand for more than any machine can compare. So a text with more
/// than a handful of what may be aliases is not parsed at all.
enum AliasGuard {
    /// So few multiply what they stand for by 18 at most: no product of whole numbers with the sum 8 is larger.
    static let most = 8

    /// The line of the first of what may be aliases, when there are more of them than ``most``.
    ///
    /// It never overlooks an alias, and may take for one what stands in quotes.
    static func excess(in text: String) -> Int? {
        var (first, found, line) = (0, 0, 1)
        let bytes = Array(text.utf8)
        var start = 0
        for index in bytes.indices where bytes[index] == newline {
            count(bytes[start..<index], line, &first, &found)
            if found > most { return first }
            start = index + 1
            line += 1
        }
        count(bytes[start...], line, &first, &found)
        return found > most ? first : nil
    }

    private static func count(_ bytes: ArraySlice<UInt8>, _ line: Int, _ first: inout Int, _ found: inout Int) {
        guard bytes.contains(star) else { return }
        let tokens = bytes[..<(comment(in: bytes) ?? bytes.endIndex)]
        var isAfterWord = false
        for index in tokens.indices {
            // A name follows an alias' asterisk, and no word runs into it.
            if tokens[index] == star, !isAfterWord, index + 1 < tokens.endIndex, isWord(tokens[index + 1]) {
                if found == 0 { first = line }
                found += 1
            }
            isAfterWord = isWord(tokens[index])
        }
    }

    /// Where in a line nothing but a comment, or more of a quoted text, follows.
    private static func comment(in line: ArraySlice<UInt8>) -> Int? {
        // YAML has line breaks besides \n (\r, U+0085, U+2028, U+2029) that end a comment: such a line is looked at whole.
        let line = line.last == 0x0D ? line.dropLast() : line
        guard !line.contains(where: { [0x0D, 0x85, 0xA8, 0xA9].contains($0) }) else { return nil }
        var isAfterBlank = true
        for index in line.indices {
            if line[index] == UInt8(ascii: "#"), isAfterBlank {
                let isQuoteBehind = line[index...].contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
                // A quoted text that is open here is still open at the end, unless a quote follows.
                return isQuoteBehind ? nil : index
            }
            isAfterBlank = line[index] == 0x20 || line[index] == 0x09
        }
        return nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static let star = UInt8(ascii: "*")
    private static let newline = UInt8(ascii: "\n")
}
