internal import FoundationEssentials
package import JOSE
package import KeyRotation

/// What a file with a key holds.
package struct KeyContent: Sendable {
    package enum Form: Sendable {
        /// A line with one value.
        case raw(TemplateVariable)
        /// A line for a shell to evaluate.
        case env(TemplateVariable, variable: String)
        /// `NAME=VALUE`.
        case dotenv(TemplateVariable, variable: String)
        /// An object of all that there is, on one line.
        case json
        /// The pair as `iam-broker credential aws` reads it: an object of two.
        case hmacPair
        /// A shared credentials file of the AWS tools with one section.
        case awsCredentials(section: String)
        case template(SinkTemplate)
    }

    package let form: Form
    package let fields: KeyFields

    package init(_ form: Form, fields: KeyFields) {
        (self.form, self.fields) = (form, fields)
    }

    /// Bytes at most.
    package static let limit = SinkTemplate.limit + 256 * 1_024

    /// The text of the file.
    ///
    /// - Throws: ``KeyContentError`` for a key that does not have what the file needs, or whose values could not be read back from it.
    package func text(of key: PublishedKey) throws(KeyContentError) -> Redacted<String> {
        try text(fields.values(of: key))
    }

    /// The text with values that are the same each time, for golden tests.
    package var fake: String {
        let values = fields.variables.map { ($0, Redacted($0.fake)) }
        return (try? text(Dictionary(values) { first, _ in first }))?.exposed ?? ""
    }

    private func text(_ values: [TemplateVariable: Redacted<String>]) throws(KeyContentError) -> Redacted<String> {
        for (variable, value) in values {
            // They are put into files as they are.
            guard value.exposed.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw KeyContentError("\(variable.rawValue) has control characters")
            }
        }
        switch form {
        case .raw(let variable):
            return Redacted(try Self.value(variable, values) + "\n")
        case .env(let variable, let name):
            // A quote ends the text, stands for itself, and begins the rest.
            let quoted = try Self.value(variable, values).replacing("'", with: #"'\''"#)
            return Redacted("export \(name)='\(quoted)'\n")
        case .dotenv(let variable, let name):
            return Redacted("\(name)=\(try Self.plain(variable, values))\n")
        case .json:
            return try Self.object(of: fields.variables, values)
        case .hmacPair:
            return try Self.object(of: [.keyAccessKeyID, .keySecretAccessKey], values)
        case .awsCredentials(let section):
            let id = try Self.plain(.keyAccessKeyID, values)
            let secret = try Self.plain(.keySecretAccessKey, values)
            return Redacted("[\(section)]\naws_access_key_id = \(id)\naws_secret_access_key = \(secret)\n")
        case .template(let template):
            guard let text = template.render(values) else {
                throw KeyContentError("the key does not have all that the template asks for")
            }
            guard text.exposed.utf8.count <= Self.limit else { throw KeyContentError("the file becomes too large") }
            return text
        }
    }

    private static func value(
        _ variable: TemplateVariable,
        _ values: [TemplateVariable: Redacted<String>]
    ) throws(KeyContentError) -> String {
        guard let value = values[variable]?.exposed, !value.isEmpty else {
            throw KeyContentError("the key has no \(variable.rawValue)")
        }
        return value
    }

    /// For files in which readers differ about quotes, comments and blanks.
    private static func plain(
        _ variable: TemplateVariable,
        _ values: [TemplateVariable: Redacted<String>]
    ) throws(KeyContentError) -> String {
        let value = try value(variable, values)
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#""'\`$#;"#.utf8.contains($0) }) else {
            throw KeyContentError(
                "\(variable.rawValue) has characters that readers of this format take for something else; use another format"
            )
        }
        return value
    }

    private static func object(
        of variables: Set<TemplateVariable>,
        _ values: [TemplateVariable: Redacted<String>]
    ) throws(KeyContentError) -> Redacted<String> {
        var members: [String: String] = [:]
        for variable in variables {
            members[String(variable.rawValue.dropFirst(KeyFields.prefix.count))] = try value(variable, values)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(members) else { throw KeyContentError("the key is no Unicode text") }
        return Redacted(String(decoding: bytes, as: UTF8.self) + "\n")
    }
}

/// Why a key cannot be written in a form.
package struct KeyContentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// For people; never part of a value.
    package let message: String
    package var description: String { message }

    init(_ message: String) {
        self.message = message
    }
}
