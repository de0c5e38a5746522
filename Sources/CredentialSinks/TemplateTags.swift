/// Finds the tags of a template.
///
/// The Mustache library reads the template as well, and renders it. This reads it first, because what is unknown there is
/// rendered as nothing: here it is an error, with its line.
struct TemplateTags {
    private(set) var variables: Set<TemplateVariable> = []
    private let scope: TemplateScope

    private static let opening = Array("{{".utf8)
    private static let closing = Array("}}".utf8)

    /// - Parameters:
    ///   - text: the template.
    ///   - scope: what it may ask for.
    /// - Throws: ``TemplateError`` for a tag that is not closed, is none of the allowed ones, or names nothing that is there.
    init(of text: String, _ scope: TemplateScope) throws(TemplateError) {
        self.scope = scope
        let bytes = Array(text.utf8)
        var (position, line) = (0, 1)
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            guard bytes[position...].starts(with: Self.opening) else {
                position += 1
                continue
            }
            let start = position + Self.opening.count
            guard let end = bytes[start...].firstRange(of: Self.closing)?.lowerBound else {
                throw TemplateError(line: line, "{{ is not closed by }}")
            }
            let isTriple = start < end && bytes[start] == UInt8(ascii: "{")
            try read(String(decoding: bytes[start..<end], as: UTF8.self), isTriple: isTriple, line: line)
            if isTriple {
                guard end + 2 < bytes.count, bytes[end + 2] == UInt8(ascii: "}") else {
                    throw TemplateError(line: line, "{{{ is not closed by }}}")
                }
            }
            line += bytes[start..<end].count { $0 == UInt8(ascii: "\n") }
            position = end + Self.closing.count + (isTriple ? 1 : 0)
        }
    }

    private mutating func read(_ tag: String, isTriple: Bool, line: Int) throws(TemplateError) {
        switch tag.utf8.first {
        case UInt8(ascii: "!"): return
        case UInt8(ascii: "{"), UInt8(ascii: "&"): try use(String(tag.dropFirst()), line)
        case UInt8(ascii: "#"), UInt8(ascii: "^"), UInt8(ascii: "/"):
            throw TemplateError(
                line: line,
                "sections are not allowed: every value is there, so there is nothing to decide"
            )
        case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "$"):
            throw TemplateError(line: line, "partials are not allowed: a template is one file")
        case UInt8(ascii: "="), UInt8(ascii: "%"):
            throw TemplateError(line: line, "delimiters and pragmas cannot be set")
        default: try use(tag, line)
        }
    }

    private mutating func use(_ name: String, _ line: Int) throws(TemplateError) {
        let name = name.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
        guard let variable = TemplateVariable(rawValue: String(name)), scope.variables.contains(variable) else {
            throw TemplateError(
                line: line,
                "there is no value '\(Self.plain(String(name)))' \(scope.place); there are: \(scope.names)"
            )
        }
        variables.insert(variable)
    }

    /// Text of a file, for a line of a log.
    private static func plain(_ text: String) -> String {
        let plain = text.unicodeScalars.prefix(64)
            .map { scalar in
                scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F ? String(scalar) : "?"
            }
        return plain.joined()
    }
}
