import JOSE
import Testing

/// Signing keys that all tests share, one for each algorithm: generating RSA keys is slow.
enum SharedKeys {
    private static let first = generated(prefix: "first")
    private static let second = generated(prefix: "second")

    /// The key that tests sign with.
    static func key(_ algorithm: SignatureAlgorithm = .rs256) throws -> SigningKey {
        try #require(first.get()[algorithm])
    }

    /// Another key of the same kind.
    static func otherKey(_ algorithm: SignatureAlgorithm = .rs256) throws -> SigningKey {
        try #require(second.get()[algorithm])
    }

    /// A key set of the public halves of `keys`.
    static func set(_ keys: SigningKey...) throws -> KeySet {
        try KeySet(parsing: #"{"keys":["# + keys.map { try $0.publicJWK() }.joined(separator: ",") + "]}")
    }

    /// A key set of one entry: the public half of `key`, whose JSON text `edit` may change.
    static func set(_ key: SigningKey, edit: (String) -> String) throws -> KeySet {
        try KeySet(parsing: #"{"keys":["# + edit(key.publicJWK()) + "]}")
    }

    private static func generated(prefix: String) -> Result<[SignatureAlgorithm: SigningKey], CryptoError> {
        Result { () throws(CryptoError) in
            var keys: [SignatureAlgorithm: SigningKey] = [:]
            for algorithm in SignatureAlgorithm.allCases {
                keys[algorithm] = try SigningKey(generating: algorithm, id: "\(prefix)-\(algorithm.rawValue)")
            }
            return keys
        }
    }
}
