internal import COpenSSL

/// Computes the SHA-256 of a content that comes in parts.
package final class SHA256 {
    private let context: OpaquePointer

    /// - Throws: ``DigestError`` when OpenSSL cannot, as when its memory is exhausted.
    package init() throws(DigestError) {
        guard let context = EVP_MD_CTX_new() else { throw DigestError() }
        self.context = context
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw DigestError() }
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds the next part.
    package func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw DigestError() }
    }

    /// Adds the next part.
    package func update(_ bytes: some Sequence<UInt8>) throws(DigestError) {
        let bytes = Array(bytes)
        guard bytes.withUnsafeBytes({ EVP_DigestUpdate(context, $0.baseAddress, $0.count) }) == 1 else {
            throw DigestError()
        }
    }

    /// The digest of all parts.
    ///
    /// Nothing can be added afterwards.
    package func finish() throws(DigestError) -> SHA256Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard EVP_DigestFinal_ex(context, &bytes, nil) == 1 else { throw DigestError() }
        return SHA256Digest(bytes: bytes)
    }

    /// The digest of a content that is there as a whole.
    package static func digest(of bytes: some Sequence<UInt8>) throws(DigestError) -> SHA256Digest {
        let hash = try SHA256()
        try hash.update(bytes)
        return try hash.finish()
    }
}

/// OpenSSL could not compute a digest.
package struct DigestError: Error, Sendable, CustomStringConvertible {
    package var description: String { "OpenSSL cannot compute a SHA-256, or a code with it" }
}
