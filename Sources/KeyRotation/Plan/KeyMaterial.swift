internal import FoundationEssentials
package import JOSE

/// The secret parts of a key, by what sinks call them, such as `api_key`, or `access_key_id` and `secret_access_key`.
package struct KeyMaterial: Sendable, Equatable {
    package let fields: [String: Redacted<String>]

    package init(_ fields: [String: Redacted<String>]) {
        self.fields = fields
    }

    /// Of a key that has no value, such as a root key, which never leaves its service.
    package static let none = KeyMaterial([:])

    package subscript(_ field: String) -> Redacted<String>? { fields[field] }
}

extension KeyMaterial {
    /// The fields as a JSON object, to be sealed and for nothing else; `nil` for text that is not Unicode.
    var document: Redacted<[UInt8]>? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(fields.mapValues(\.exposed))).map { Redacted(Array($0)) }
    }

    /// `nil` for what ``document`` did not make.
    init?(document: [UInt8]) {
        guard let fields = try? JSONDecoder().decode([String: String].self, from: Data(document)) else { return nil }
        self.init(fields.mapValues { Redacted($0) })
    }
}
