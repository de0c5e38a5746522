/// Text that somebody else may have chosen, inside a line.
enum EscapedText {
    /// `text` in quotes, as a JSON string (RFC 8259 section 7) in which nothing ends the line, moves the cursor of a terminal or
    /// turns the direction of what follows.
    static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    /// `text` as it is where it cannot be read as anything else, and in quotes otherwise.
    static func value(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy { $0 != " " && $0 != "=" && !isEscaped($0) }
        return isPlain ? text : quoted(text)
    }

    /// The sentence of a line: without quotes, and everything that would need them escaped but spaces.
    static func sentence(_ text: String) -> String { text.unicodeScalars.map(escaped).joined() }

    /// The name of a field: letters, digits, `.`, `_` and `-`.
    static func name(_ text: String) -> String {
        let name = text.unicodeScalars.prefix(64)
            .map { scalar -> Character in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": Character(scalar)
                default: "_"
                }
            }
        return name.isEmpty ? "_" : String(name)
    }

    private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\"" || scalar == "\\" { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return true
        case .spaceSeparator: return scalar != " "
        default: return false
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        guard isEscaped(scalar) else { return String(scalar) }
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            return String(scalar).utf16
                .map { unit in
                    let digits = String(unit, radix: 16)
                    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
                .joined()
        }
    }
}
