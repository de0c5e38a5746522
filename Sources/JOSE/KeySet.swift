/// A JSON Web Key Set (RFC 7517): the keys in it that can verify signatures.
///
/// Keys that cannot be used (unknown type, too small, for encryption, malformed) are skipped and counted: a set with
/// one odd key must not stop the others from working.
package struct KeySet: Sendable {
    let keys: [VerificationKey]
    /// How many entries of the set were not usable.
    package let skipped: Int
    /// The set as it was published.
    package let source: [UInt8]

    /// The largest set that is read: 512 KiB and 1,000 entries.
    package static let maximumSize = 512 * 1_024
    private static let maximumCount = 1_000

    /// Reads a key set from its JSON text.
    package init(parsing bytes: [UInt8]) throws(KeySetError) {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes, limits: JSONLimits(size: Self.maximumSize))
        } catch {
            throw .notJSON(error)
        }
        guard document.root.isObject, let entries = document.root["keys"]?.array else { throw .noKeys }
        guard entries.count <= Self.maximumCount else { throw .tooManyKeys }
        keys = entries.compactMap(VerificationKey.init)
        skipped = entries.count - keys.count
        source = bytes
    }

    /// Reads a key set from its JSON text.
    package init(parsing text: String) throws(KeySetError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// The key IDs in the set, in its order.
    ///
    /// Keys without one are left out.
    package var keyIDs: [String] { keys.compactMap(\.id) }

    /// How many keys can be used.
    package var count: Int { keys.count }
}

/// Why a text is not a key set.
package enum KeySetError: Error, Sendable, Equatable, CustomStringConvertible {
    case notJSON(JSONError)
    case noKeys
    case tooManyKeys

    package var description: String {
        switch self {
        case .notJSON(let error): "key set is malformed: \(error)"
        case .noKeys: "key set is malformed: no array named keys"
        case .tooManyKeys: "key set is malformed: more than 1,000 keys"
        }
    }
}
