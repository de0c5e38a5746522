internal import BrokerAPI

/// Makes text from elsewhere harmless on a terminal and in a log: nothing in it moves the cursor, hides or reorders.
enum TerminalText {
    /// `text` with every control, format and separator character as `\u{…}`.
    static func escaping(_ text: String) -> String { VisibleText.escaping(text) }

    /// `text` in quotes, so that it cannot be taken for anything the program says.
    static func quoting(_ text: String) -> String {
        var escaped = "\""
        for character in escaping(text.replacing("\\", with: "\\\\")) {
            escaped += character == "\"" ? "\\\"" : String(character)
        }
        return escaped + "\""
    }

    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool { VisibleText.isUnsafe(scalar) }
}
