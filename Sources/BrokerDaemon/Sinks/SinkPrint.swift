internal import JOSE
internal import MessageDigests

/// Tells one content of a file from another, without holding it.
struct SinkPrint: Sendable, Equatable {
    private let file: SHA256Digest
    /// Of the HMAC pair's file.
    private let pair: SHA256Digest?

    /// - Throws: ``DigestError`` when OpenSSL cannot, as when its memory is exhausted.
    init(file: Redacted<String>, pair: [UInt8]?) throws(DigestError) {
        self.file = try SHA256.digest(of: file.exposed.utf8)
        if let pair { self.pair = try SHA256.digest(of: pair) } else { self.pair = nil }
    }
}
