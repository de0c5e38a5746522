package import JOSE

/// A key pair for signed requests to Object Storage, as a file holds it for the tools that use it.
package struct HMACPair: Sendable {
    package let accessKeyID: String
    package let secretAccessKey: Redacted<String>
    /// Seconds since 1970 after which the pair is not to be used any more; `nil`: nobody has said.
    package let expiresAt: Int?

    /// Bytes of a file at most.
    package static let limit = 64 * 1_024

    /// The folder in which pairs are kept, each in a file `NAME.json`.
    package static let standardFolder = "/run/iam-broker/hmac"

    /// Why bytes are no pair.
    package enum Fault: Error {
        case noPair
        case badExpiry
    }

    /// Reads a JSON object with `access_key_id`, `secret_access_key` and perhaps `expires_at`.
    package init(parsing bytes: [UInt8]) throws(Fault) {
        let document = try? JSONDocument(parsing: bytes, limits: JSONLimits(size: Self.limit))
        guard let root = document?.root, let id = root["access_key_id"]?.string, !id.isEmpty,
            let secret = root["secret_access_key"]?.string, !secret.isEmpty
        else { throw .noPair }
        if let expiry = root["expires_at"] {
            guard let seconds = expiry.integer else { throw .badExpiry }
            expiresAt = seconds
        } else {
            expiresAt = nil
        }
        (accessKeyID, secretAccessKey) = (id, Redacted(secret))
    }

    /// Whether a file can be called so: 1 to 64 letters, digits, `-` and `_`, no hyphen first.
    package static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.first != "-"
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}
