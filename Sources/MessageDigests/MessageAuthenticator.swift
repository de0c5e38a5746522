internal import COpenSSL

/// Authenticates messages with HMAC-SHA256 (RFC 2104) under a key that never leaves the process and ends with it.
package struct MessageAuthenticator: Sendable {
    /// Bytes of an authentication code.
    package static let codeLength = 32

    private let key: [UInt8]

    /// With a new random key.
    package init() {
        var random = SystemRandomNumberGenerator()
        key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    /// The code of `message`.
    package func code(of message: [UInt8]) throws(DigestError) -> [UInt8] {
        try HMACSHA256.code(of: message, key: key).bytes
    }

    /// Whether `code` is that of `message`.
    ///
    /// It takes the same time wherever the two differ.
    package func verifies(_ code: [UInt8], of message: [UInt8]) throws(DigestError) -> Bool {
        let expected = try self.code(of: message)
        return code.count == expected.count && CRYPTO_memcmp(code, expected, expected.count) == 0
    }
}
