internal import AccessPolicy
internal import DocumentReader
internal import FoundationEssentials

/// What a check found.
struct PolicyReport {
    var errors = DocumentErrors()
    var warnings: [LintWarning] = []
    /// What was not looked at, and why.
    var notes: [String] = []
    var files = 0
    var grants = 0
    var denials = 0

    /// For people: a finding a line, by file and line, and what it comes to.
    var lines: [String] {
        let found =
            errors.isEmpty
            ? warnings.prefix(Self.mostWarnings).map(\.description) : errors.sorted.map(\.description)
        return found + (omitted > 0 ? ["and \(omitted) more"] : []) + notes.map { PlainLine.escaping("note: \($0)") }
            + [summary]
    }

    private var omitted: Int { errors.isEmpty ? max(0, warnings.count - Self.mostWarnings) : errors.omitted }

    /// Nobody reads more of them.
    private static let mostWarnings = 1_000

    private var summary: String {
        guard errors.isEmpty else { return "not valid: \(Self.count(errors.errors.count + errors.omitted, "error"))" }
        return [
            "valid: \(Self.count(files, "file"))", Self.count(grants, "grant"), Self.count(denials, "denial"),
            Self.count(warnings.count, "warning"),
        ]
        .joined(separator: ", ")
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}

/// For programs.
extension PolicyReport: Encodable {
    private struct Finding: Encodable {
        let file: String
        let line: Int?
        let key: String
        let message: String
    }

    private enum Key: String, CodingKey {
        case valid, errors, omitted, warnings, notes, files, grants, denials
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(errors.isEmpty, forKey: .valid)
        let errors = errors.sorted.map { Finding(file: $0.file, line: $0.line, key: $0.key, message: $0.message) }
        try container.encode(errors, forKey: .errors)
        try container.encode(omitted, forKey: .omitted)
        let warnings = warnings.prefix(Self.mostWarnings)
            .map {
                Finding(file: $0.place.file, line: $0.place.line, key: $0.subject, message: $0.message)
            }
        try container.encode(warnings, forKey: .warnings)
        try container.encode(notes, forKey: .notes)
        try container.encode(files, forKey: .files)
        try container.encode(grants, forKey: .grants)
        try container.encode(denials, forKey: .denials)
    }
}

/// One line of JSON.
func jsonLine(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
