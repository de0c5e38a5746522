internal import BrokerAPI

/// Text in cells of a terminal.
///
/// Every character takes one cell: what is not ASCII stands as `\u{…}`, since terminals do not agree on how wide it is, and what
/// others choose must not move what stands behind it.
enum TopText {
    /// What is shown of text from elsewhere.
    static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in TokenMask.masking(text).unicodeScalars {
            if (0x20..<0x7F).contains(scalar.value) {
                plain.unicodeScalars.append(scalar)
            } else {
                plain += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return plain
    }

    /// Exactly `width` characters; what is cut ends with `~`.
    static func cell(_ text: String, width: Int, isRight: Bool = false) -> String {
        let text = clipped(text, width: width)
        let padding = String(repeating: " ", count: width - text.utf8.count)
        return isRight ? padding + text : text + padding
    }

    /// `width` characters at most; what is cut ends with `~`.
    static func clipped(_ text: String, width: Int) -> String {
        let text = plain(text)
        guard text.utf8.count > width else { return text }
        return width < 1 ? "" : String(decoding: text.utf8.prefix(width - 1), as: UTF8.self) + "~"
    }

    /// Without spaces at the end.
    static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.hasSuffix(" ") { line.removeLast() }
        return String(line)
    }
}
