/// Text as groff(7) and mandoc take it.
enum RoffText {
    /// Characters in a line; readers warn of longer ones.
    private static let width = 80

    /// `text` as a paragraph.
    static func paragraph(_ text: String) -> String { filled(text.split(separator: " ").map { escaping(String($0)) }) }

    /// Words that are escaped already, as lines of a paragraph.
    static func filled(_ words: [String]) -> String {
        var lines: [String] = []
        for word in words {
            if let last = lines.last, last.utf8.count + 1 + word.utf8.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                // A line that begins with a point would be a request.
                lines.append(word.hasPrefix(".") ? "\\&" + word : word)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// `text` within a line: nothing in it is an escape, or a typographical quote or hyphen.
    static func escaping(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            case "'": escaped += "\\(aq"
            case "`": escaped += "\\(ga"
            case "^": escaped += "\\(ha"
            case "~": escaped += "\\(ti"
            case "\"": escaped += "\\(dq"
            case _ where !scalar.isASCII:
                let code = String(scalar.value, radix: 16, uppercase: true)
                escaped += "\\[u\(String(repeating: "0", count: max(0, 4 - code.count)) + code)]"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func bold(_ text: String) -> String { "\\fB\(escaping(text))\\fP" }

    static func italic(_ text: String) -> String { "\\fI\(escaping(text))\\fP" }
}
