/// The list of users in a kubeconfig, edited as text: what else is in the file stays as it is, comments included, which kubectl
/// would leave out.
///
/// It knows block style alone, as kubectl and most people write it. Whether kubectl reads the outcome as it is meant is for the
/// caller to find out.
struct KubeconfigText {
    private var text: TextLines

    init(_ bytes: [UInt8]?, path: String) throws(CommandFailure) { text = try TextLines(bytes, path: path) }

    var bytes: [UInt8] { text.bytes }

    /// Adds a user; `item` is an element of the list, without indentation.
    mutating func add(_ item: [String]) {
        if text.isBlank { text.append(["apiVersion: v1", "kind: Config"]) }
        guard let list = listLine else { return text.append(["users:"] + item) }
        // `users: []`, as kubectl writes an empty one.
        text.replaceLine(at: list, with: "users:" + Self.comment(ofList: text.lines[list]))
        let next = text.lines[(list + 1)...].first { !Self.isSilent($0) }
        let margin = next.map { TextLines.trimmed($0).hasPrefix("-") ? Self.indentation($0) : 0 } ?? 0
        let lines = item.map { String(repeating: " ", count: margin) + $0 }
        if list + 1 == text.lines.count { text.append(lines) } else { text.insert(lines, at: list + 1) }
    }

    /// Takes out a user, and the list when nothing is left in it.
    ///
    /// - Returns: whether it was found.
    mutating func remove(user name: String) -> Bool {
        guard let list = listLine else { return false }
        let items = items(of: list)
        guard let found = items.first(where: { userName(in: $0) == name }) else { return false }
        let comment = Self.comment(ofList: text.lines[list])
        if items.count == 1, !comment.isEmpty { text.replaceLine(at: list, with: "users: []" + comment) }
        text.remove(Set(found).union(items.count == 1 && comment.isEmpty ? [list] : []))
        return true
    }

    /// The lines that say something, but for those that are in every file or say that there are no users.
    static func substance(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let kept = lines.filter {
            !TextLines.isBlank($0) && !isList($0) && $0 != "apiVersion: v1" && $0 != "kind: Config"
        }
        return Array(kept.joined(separator: "\n").utf8)
    }

    private var listLine: Int? { text.lines.firstIndex { Self.isList($0) } }

    private static func isList(_ line: String) -> Bool {
        guard line.hasPrefix("users:") else { return false }
        let value = line.dropFirst("users:".count).dropLast(comment(ofList: line).count)
        return ["", "[]", "null"].contains(TextLines.trimmed(value))
    }

    /// The comment at the end of the line, with the white space before it.
    private static func comment(ofList line: String) -> String {
        guard let start = line.utf8.firstIndex(of: UInt8(ascii: "#")), line.hasPrefix("users:") else { return "" }
        let before = line[..<start]
        let value = before.utf8.reversed().drop { " \t".utf8.contains($0) }.count
        return value < before.utf8.count ? String(line.dropFirst(value)) : ""
    }

    /// The lines of each element of the list.
    private func items(of list: Int) -> [Range<Int>] {
        var items: [Range<Int>] = []
        var margin: Int?
        for index in text.lines.indices[(list + 1)...] where !Self.isSilent(text.lines[index]) {
            let (line, indentation) = (text.lines[index], Self.indentation(text.lines[index]))
            let isElement = TextLines.trimmed(line).hasPrefix("-")
            if isElement, margin == nil || margin == indentation {
                margin = indentation
                items.append(index..<index + 1)
            } else if let margin, indentation > margin, let last = items.popLast() {
                items.append(last.lowerBound..<index + 1)
            } else {
                break
            }
        }
        return items
    }

    private func userName(in item: Range<Int>) -> String? {
        let margin = Self.indentation(text.lines[item.lowerBound])
        for index in item {
            let line = text.lines[index]
            // The dash of the first line stands where other lines have a space.
            let content = index == item.lowerBound ? String(line.dropFirst(margin + 1)) : String(line.dropFirst(margin))
            let key = TextLines.trimmed(content)
            let isOfUser = index == item.lowerBound || Self.indentation(line) == margin + 2
            guard isOfUser, key.hasPrefix("name:") else { continue }
            return Self.unquoted(TextLines.trimmed(key.dropFirst("name:".count)))
        }
        return nil
    }

    private static func unquoted(_ value: String) -> String {
        for quote in ["\"", "'"] where value.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            return String(value.dropFirst().dropLast())
        }
        return value
    }

    private static func indentation(_ line: String) -> Int { line.utf8.prefix { $0 == UInt8(ascii: " ") }.count }

    /// Whether a line is empty or a comment.
    private static func isSilent(_ line: String) -> Bool {
        TextLines.isBlank(line) || TextLines.trimmed(line).hasPrefix("#")
    }
}
