internal import COpenSSL
package import JOSE
package import KeyRotation

/// 32 bytes that values are sealed with, and by which they are opened again.
///
/// They are kept in one place in memory, which is wiped when the last user of the key is gone.
///
/// `@unchecked Sendable`: the bytes are not changed after `init`.
package final class SealingKey: @unchecked Sendable {
    /// Bytes of a key of AES-256.
    static let length = 32
    private let bytes: UnsafeMutableRawBufferPointer

    /// A key whose bytes `fill` writes.
    init<Failure: Error>(_ fill: (inout MutableRawSpan) throws(Failure) -> Void) throws(Failure) {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.length, alignment: 16)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        self.bytes = bytes
        var span = bytes.mutableBytes
        try fill(&span)
    }

    /// A new random key.
    package static func random() throws(SealError) -> SealingKey {
        try SealingKey { span throws(SealError) in
            guard span.withUnsafeMutableBytes({ RAND_priv_bytes_ex(nil, $0.baseAddress, $0.count, 0) }) == 1 else {
                throw .noRandomness
            }
        }
    }

    deinit {
        OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        bytes.deallocate()
    }

    /// Calls `body` with the bytes, which must not leave it.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(bytes))
    }

    /// By what a box tells which key it needs: a code of a fixed text under the key, which tells nothing of it.
    func identifier() throws(SealError) -> [UInt8] {
        Array(try code(of: "iam-broker sealing key").prefix(SealedBox.keyLength))
    }

    /// Another secret for one purpose, which is the same each time and tells nothing of the key.
    package func derived(for purpose: String) throws(SealError) -> Redacted<[UInt8]> {
        Redacted(try code(of: "iam-broker derived: \(purpose)"))
    }

    /// HMAC-SHA256 of a text (RFC 2104).
    private func code(of text: String) throws(SealError) -> [UInt8] {
        let label = Array(text.utf8)
        var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let result = withBytes {
            HMAC(EVP_sha256(), $0.baseAddress, CInt($0.count), label, label.count, &code, &length)
        }
        guard result != nil, length >= SealedBox.keyLength else {
            ERR_clear_error()
            throw SealError("OpenSSL cannot compute a code under the sealing key")
        }
        return Array(code.prefix(Int(length)))
    }
}

extension SealError {
    static let noRandomness = SealError("OpenSSL has no random bytes to give")
}
