/// Something in a document is wrong: in which file, on which line, under which key, and what to write instead.
package struct DocumentError: Error, Sendable, Hashable {
    package let file: String
    /// The first line is 1; `nil` when the whole file is meant.
    package let line: Int?
    /// The way to the value, such as `profiles.reports.id`; empty at the top.
    package let key: String
    package let message: String

    package init(file: String, line: Int?, key: String, message: String) {
        self.file = file
        self.line = line
        self.key = key
        self.message = message
    }
}

extension DocumentError: CustomStringConvertible {
    /// On one line, and harmless on a terminal: keys and messages repeat what the document says.
    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return PlainLine.escaping(key.isEmpty ? "\(place): \(message)" : "\(place): \(key): \(message)")
    }
}
