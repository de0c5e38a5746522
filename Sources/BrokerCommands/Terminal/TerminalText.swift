/// Makes text from elsewhere harmless on a terminal and in a log: nothing in it moves the cursor, hides or reorders.
enum TerminalText {
    /// `text` with every control, format and separator character as `\u{…}`.
    static func escaping(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar) {
                escaped += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// `text` in quotes, so that it cannot be taken for anything the program says.
    static func quoting(_ text: String) -> String {
        var escaped = "\""
        for character in escaping(text.replacing("\\", with: "\\\\")) {
            escaped += character == "\"" ? "\\\"" : String(character)
        }
        return escaped + "\""
    }

    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
