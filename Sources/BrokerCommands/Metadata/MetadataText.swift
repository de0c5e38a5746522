internal import JOSE

/// One resource laid out for a person: a name and a value on each line.
///
/// A reference to another resource is its name and ID; `--json` has the rest.
struct MetadataText {
    private let root: JSONValue

    init(_ root: JSONValue) {
        self.root = root
    }

    private static let referenceMembers: Set = ["crn", "href", "id", "name", "resource_type", "fingerprint", "volume"]

    var text: String {
        var lines: [String] = []
        append(root, indent: "", to: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private func append(_ object: JSONValue, indent: String, to lines: inout [String]) {
        let members = object.members ?? []
        let names = members.map { TerminalText.escaping($0.name) }
        let inline = members.map { $0.name == "user_data" ? Self.userData($0.value) : Self.line($0.value) }
        let width = zip(names, inline).map { $0.1 == nil ? 0 : $0.0.count }.max() ?? 0
        for ((name, text), member) in zip(zip(names, inline), members) {
            guard let text else {
                lines.append(indent + name)
                append(member.value, indent: indent + "  ", to: &lines)
                continue
            }
            let padding = String(repeating: " ", count: max(0, width - name.count) + 2)
            lines.append(indent + name + padding + text)
        }
    }

    /// What stands for a value on a line, or `nil` when it takes lines of its own.
    private static func line(_ value: JSONValue) -> String? {
        if let string = value.string { return string.isEmpty ? "\"\"" : TerminalText.escaping(string) }
        if let elements = value.array {
            guard !elements.isEmpty else { return "none" }
            return elements.map { reference($0) ?? line($0) ?? JSONText.line($0.text) }.joined(separator: ", ")
        }
        guard let members = value.members else { return JSONText.line(value.text) }
        guard members.allSatisfy({ referenceMembers.contains($0.name) && !$0.value.isObject }) else { return nil }
        return reference(value)
    }

    /// `NAME (ID)`, or the one of them that there is.
    private static func reference(_ value: JSONValue) -> String? {
        guard value.isObject else { return nil }
        let name = value["name"]?.string.map(TerminalText.escaping)
        let id = value["id"]?.string.map(TerminalText.escaping)
        guard let name else { return id }
        return id.map { "\(name) (\($0))" } ?? name
    }

    /// It can be a program of thousands of lines.
    private static func userData(_ value: JSONValue) -> String? {
        value.string.map { "\($0.utf8.count) bytes: iam-broker metadata user-data prints them" } ?? line(value)
    }
}
