internal import COpenSSL

/// HMAC-SHA256 (RFC 2104) under a key of the caller.
package enum HMACSHA256 {
    /// The code of `message`, which stands for it among those who know the key.
    ///
    /// - Parameters:
    ///   - message: what the code is of.
    ///   - key: of any length.
    /// - Returns: 32 bytes.
    /// - Throws: ``DigestError`` when OpenSSL cannot.
    package static func code(of message: [UInt8], key: [UInt8]) throws(DigestError) -> SHA256Digest {
        guard let length = CInt(exactly: key.count) else { throw DigestError() }
        var code = [UInt8](repeating: 0, count: MessageAuthenticator.codeLength)
        var written: UInt32 = 0
        guard HMAC(EVP_sha256(), key, length, message, message.count, &code, &written) != nil,
            written == MessageAuthenticator.codeLength
        else { throw DigestError() }
        return SHA256Digest(bytes: code)
    }
}
