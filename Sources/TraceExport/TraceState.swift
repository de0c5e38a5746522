/// The header `tracestate` (W3C Trace Context, section 3.3), which is passed on as it came.
enum TraceState {
    /// Limits of the members of a list (section 3.3.1.1) and of its characters (section 3.3.1.5).
    private static let mostMembers = 32
    private static let longest = 512

    /// `text` without empty members; `nil` when it is not such a list, or is longer than has to be passed on.
    static func checked(_ text: String) -> String? {
        let members = text.split(separator: ",", omittingEmptySubsequences: true)
            .map { trimmed($0) }
            .filter { !$0.isEmpty }
        guard !members.isEmpty, members.count <= mostMembers else { return nil }
        var keys: Set<Substring> = []
        for member in members {
            guard let sign = member.firstIndex(of: "="), isKey(member[..<sign]),
                isValue(member[member.index(after: sign)...]), keys.insert(member[..<sign]).inserted
            else { return nil }
        }
        let list = members.joined(separator: ",")
        return list.utf8.count <= longest ? list : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let end = text.lastIndex { !isSpace($0) }.map { text.index(after: $0) } ?? text.startIndex
        return text[..<end].drop(while: isSpace)
    }

    /// `name`, or `tenant@system`.
    private static func isKey(_ key: Substring) -> Bool {
        let parts = key.split(separator: "@", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isName(parts[0], longest: 256, mayStartWithDigit: false)
        case 2:
            return isName(parts[0], longest: 241, mayStartWithDigit: true)
                && isName(parts[1], longest: 14, mayStartWithDigit: false)
        default: return false
        }
    }

    private static func isName(_ name: Substring, longest: Int, mayStartWithDigit: Bool) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= longest else { return false }
        guard isLetter(first) || mayStartWithDigit && isDigit(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_-*/".utf8.contains($0) }
    }

    /// Printable characters but `,` and `=`, and no blank at the end.
    private static func isValue(_ value: Substring) -> Bool {
        guard (1...256).contains(value.utf8.count) else { return false }
        return value.utf8.allSatisfy {
            (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
