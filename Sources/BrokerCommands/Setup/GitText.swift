/// The helpers of hosts in git's configuration, taken out as text: what else is in the file stays as it is.
///
/// It knows what git writes: a section for each host, and a line for each setting. Whether git reads the outcome as it is meant
/// is for the caller to find out.
struct GitText {
    private var text: TextLines

    init(_ bytes: [UInt8], path: String) throws(CommandFailure) { text = try TextLines(bytes, path: path) }

    var bytes: [UInt8] { text.bytes }

    /// Takes out such helpers, each with the empty one in the line above it, and sections in which nothing is left.
    mutating func remove(where isMeant: (_ key: String, _ value: String) -> Bool) {
        var gone: Set<Int> = []
        var section: (header: Int, url: String)?
        var touched: Set<Int> = []
        for (index, line) in text.lines.enumerated() {
            let line = TextLines.trimmed(line)
            if line.hasPrefix("[") {
                section = Self.url(of: line).map { (index, $0) }
            } else if let section, let value = Self.helper(in: line), isMeant("credential.\(section.url).helper", value)
            {
                gone.insert(index)
                touched.insert(section.header)
                if Self.helper(in: TextLines.trimmed(text.lines[index - 1])) == "" { gone.insert(index - 1) }
            }
        }
        for header in touched {
            let end =
                text.lines[(header + 1)...].firstIndex { TextLines.trimmed($0).hasPrefix("[") } ?? text.lines.count
            let isEmpty = (header + 1..<end).allSatisfy { gone.contains($0) || TextLines.isBlank(text.lines[$0]) }
            if isEmpty { gone.insert(header) }
        }
        text.remove(gone)
    }

    private static func url(of header: String) -> String? {
        let start = "[credential \""
        guard header.lowercased().hasPrefix(start), header.hasSuffix("\"]") else { return nil }
        return String(header.dropFirst(start.count).dropLast(2))
    }

    private static func helper(in line: String) -> String? {
        guard let separator = line.firstIndex(of: "="),
            TextLines.trimmed(line[..<separator]).lowercased() == "helper"
        else { return nil }
        return TextLines.trimmed(line[line.index(after: separator)...])
    }
}
