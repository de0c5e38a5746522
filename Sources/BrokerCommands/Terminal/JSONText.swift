/// JSON text that is put together from parts.
enum JSONText {
    /// A JSON string with the value `text`.
    static func string(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case _ where TerminalText.isUnsafe(scalar): literal += escape(scalar)
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }

    /// The same value as `json`, which is JSON already, on one line and harmless on a terminal.
    ///
    /// ASCII control characters can only be white space between its tokens; the others can only be inside its strings.
    static func line(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: TerminalText.isUnsafe) else { return json }
        var line = ""
        for scalar in json.unicodeScalars {
            if scalar.value < 0x20 {
                line += " "
            } else if TerminalText.isUnsafe(scalar) {
                line += escape(scalar)
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// `json`, which came in on one line, without the carriage returns that may stand between its tokens.
    static func oneLine(_ json: String) -> String {
        guard json.utf8.contains(0x0D) else { return json }
        return String(decoding: json.utf8.filter { $0 != 0x0D }, as: UTF8.self)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16
            .map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
            .joined()
    }
}
