/// A text file in lines, of which all that are not touched stay as they are, byte for byte.
struct TextLines {
    /// Without their line feeds.
    ///
    /// The last is empty when the file ends with one.
    private(set) var lines: [String]

    /// Reads the bytes of a file, `nil` for none.
    ///
    /// - Throws: ``CommandFailure`` when they are no text in UTF-8.
    init(_ bytes: [UInt8]?, path: String) throws(CommandFailure) {
        guard !(bytes ?? []).contains(0), let text = String(validating: bytes ?? [], as: UTF8.self) else {
            throw CommandFailure(.badInput, "\(path) is no text in UTF-8")
        }
        // By bytes: for Swift, carriage return and line feed are one character.
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String($0) ?? "" }
    }

    var bytes: [UInt8] { Array(lines.joined(separator: "\n").utf8) }

    /// Whether there is nothing but empty lines.
    var isBlank: Bool { lines.allSatisfy { Self.isBlank($0) } }

    mutating func insert(_ new: [String], at index: Int) { lines.insert(contentsOf: new, at: index) }

    mutating func replaceLine(at index: Int, with line: String) { lines[index] = line }

    /// Adds lines at the end, the last with a line feed.
    mutating func append(_ new: [String]) {
        if lines.last == "" { lines.removeLast() }
        lines += new + [""]
    }

    mutating func remove(_ indices: Set<Int>) {
        lines = lines.indices.filter { !indices.contains($0) }.map { lines[$0] }
    }

    static func isBlank(_ line: some StringProtocol) -> Bool { line.utf8.allSatisfy { " \t\r".utf8.contains($0) } }

    /// Without white space at either end.
    static func trimmed(_ line: some StringProtocol) -> String {
        let isSpace = { (byte: UInt8) in " \t\r".utf8.contains(byte) }
        let rest = line.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return String(decoding: Array(rest), as: UTF8.self)
    }
}
