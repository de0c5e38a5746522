/// An INI file as Python's `configparser` (botocore) and Go's `goconfig` (rclone) read it: sections of keys, with `=` or `:`.
struct INIText {
    private(set) var text: TextLines
    private(set) var sections: [Section] = []

    struct Section {
        let name: String
        let header: Int
        /// The line behind the last one that says something.
        fileprivate(set) var end: Int
        fileprivate(set) var keys: [Key] = []

        /// The value of a key, the last one when there are more.
        func value(of name: String) -> String? { keys.last { $0.name == name }?.value }
    }

    struct Key {
        /// In lower case.
        let name: String
        let value: String
        /// Where it stands; its continuations follow.
        fileprivate(set) var lines: Range<Int>
    }

    /// Reads the bytes of the file, `nil` for none.
    ///
    /// `hasContinuations`: whether lines that start with white space go on with the value above.
    ///
    /// - Throws: ``CommandFailure`` for what the tools would not read, or read differently.
    init(_ bytes: [UInt8]?, path: String, hasContinuations: Bool) throws(CommandFailure) {
        text = try TextLines(bytes, path: path)
        for (index, line) in text.lines.enumerated() where !TextLines.isBlank(line) {
            let content = TextLines.trimmed(line)
            if content.hasPrefix("#") || content.hasPrefix(";") {
                // What follows an empty line is about the section below.
                if let last = sections.last, last.end == index { sections[sections.count - 1].end = index + 1 }
                continue
            }
            let isIndented = line.hasPrefix(" ") || line.hasPrefix("\t")
            if hasContinuations, isIndented, let last = sections.last, !last.keys.isEmpty {
                sections[sections.count - 1].continueKey(to: index + 1)
            } else if content.hasPrefix("[") {
                let header = hasContinuations ? Self.withoutComment(content) : content
                guard header.hasSuffix("]"), header.utf8.count > 2 else { throw Self.failure(path, index) }
                let name = TextLines.trimmed(header.dropFirst().dropLast())
                guard !sections.contains(where: { $0.name == name }) else {
                    throw CommandFailure(.badInput, "\(path) has [\(name)] twice")
                }
                sections.append(Section(name: name, header: index, end: index + 1))
            } else {
                guard !sections.isEmpty, let separator = content.firstIndex(where: { $0 == "=" || $0 == ":" }),
                    separator != content.startIndex
                else { throw Self.failure(path, index) }
                let key = Key(
                    name: TextLines.trimmed(content[..<separator]).lowercased(),
                    value: TextLines.trimmed(content[content.index(after: separator)...]),
                    lines: index..<index + 1
                )
                sections[sections.count - 1].add(key)
            }
        }
    }

    /// A header without the comment behind it, which the AWS tools allow; not where a bracket in it makes them differ.
    private static func withoutComment(_ header: String) -> String {
        guard let end = header.firstIndex(of: "]"), header.lastIndex(of: "]") == end else { return header }
        let rest = TextLines.trimmed(header[header.index(after: end)...])
        return rest.hasPrefix("#") || rest.hasPrefix(";") ? String(header[...end]) : header
    }

    private static func failure(_ path: String, _ index: Int) -> CommandFailure {
        CommandFailure(
            .badInput,
            "\(path), line \(index + 1): neither a section, nor a key with a value, nor a comment"
        )
    }

    /// The bytes with a new section at the end.
    func appending(section name: String, _ lines: [String]) -> [UInt8] {
        var text = text
        let isApart = text.isBlank || TextLines.isBlank(text.lines.dropLast().last ?? "")
        text.append((isApart ? [] : [""]) + ["[\(name)]"] + lines)
        return text.bytes
    }

    /// The bytes with more lines in a section, behind its last key.
    func inserting(_ lines: [String], in section: Section) -> [UInt8] {
        var text = text
        let place = section.keys.last?.lines.upperBound ?? section.header + 1
        if place == text.lines.count { text.append(lines) } else { text.insert(lines, at: place) }
        return text.bytes
    }

    /// The bytes without these lines.
    func removing(_ lines: Set<Int>) -> [UInt8] {
        var text = text
        text.remove(lines)
        return text.bytes
    }
}

extension INIText.Section {
    fileprivate mutating func add(_ key: INIText.Key) {
        keys.append(key)
        end = key.lines.upperBound
    }

    fileprivate mutating func continueKey(to line: Int) {
        keys[keys.count - 1].lines = keys[keys.count - 1].lines.lowerBound..<line
        end = line
    }

    /// All its lines, with its header and the empty one above it.
    func allLines(in text: TextLines) -> Set<Int> {
        let isApart = header > 0 && TextLines.isBlank(text.lines[header - 1])
        return Set((isApart ? header - 1 : header)..<end)
    }
}
