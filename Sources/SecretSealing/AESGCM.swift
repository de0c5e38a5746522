internal import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D), by libcrypto.
///
/// A nonce must be used once with a key: only ``AESSealer`` chooses them.
enum AESGCM {
    /// OpenSSL cannot, as when its memory is exhausted.
    struct Unavailable: Error {}

    /// Encrypts `plain`.
    ///
    /// - Returns: as many bytes, and the tag behind them.
    static func encrypt(
        _ plain: [UInt8],
        key: SealingKey,
        nonce: [UInt8],
        authenticated: [UInt8]
    ) throws(Unavailable) -> [UInt8] {
        let operation = try Operation(isEncrypting: true, key: key, nonce: nonce, authenticated: authenticated)
        var output = [UInt8](repeating: 0, count: plain.count + SealedBox.tagLength)
        let isDone = output.withUnsafeMutableBytes { output in
            let tag = UnsafeMutableRawBufferPointer(rebasing: output[plain.count...])
            return plain.withUnsafeBytes { operation.run($0, into: output) } && operation.finish()
                && operation.control(EVP_CTRL_GCM_GET_TAG, tag)
        }
        guard isDone else { throw Unavailable() }
        return output
    }

    /// Decrypts what ``encrypt(_:key:nonce:authenticated:)`` gave.
    ///
    /// - Returns: `nil` when something of it is not as it was.
    static func decrypt(
        _ sealed: [UInt8],
        key: SealingKey,
        nonce: [UInt8],
        authenticated: [UInt8]
    ) throws(Unavailable) -> [UInt8]? {
        let count = sealed.count - SealedBox.tagLength
        guard count >= 0 else { return nil }
        let operation = try Operation(isEncrypting: false, key: key, nonce: nonce, authenticated: authenticated)
        var tag = Array(sealed[count...])
        guard tag.withUnsafeMutableBytes({ operation.control(EVP_CTRL_GCM_SET_TAG, $0) }) else { throw Unavailable() }
        var plain = [UInt8](repeating: 0, count: count)
        let isRight = plain.withUnsafeMutableBytes { plain in
            sealed.withUnsafeBytes { sealed in
                let isRight =
                    operation.run(UnsafeRawBufferPointer(rebasing: sealed[..<count]), into: plain) && operation.finish()
                // What was decrypted before the tag turned out wrong is nobody's to see.
                if !isRight { OPENSSL_cleanse(plain.baseAddress, plain.count) }
                return isRight
            }
        }
        return isRight ? plain : nil
    }

    /// Owns the context of one operation, which OpenSSL wipes as it frees it.
    private final class Operation {
        private let context: OpaquePointer

        init(isEncrypting: Bool, key: SealingKey, nonce: [UInt8], authenticated: [UInt8]) throws(Unavailable) {
            guard nonce.count == SealedBox.nonceLength, let additional = CInt(exactly: authenticated.count),
                let context = EVP_CIPHER_CTX_new()
            else { throw Unavailable() }
            self.context = context
            let isReady = key.withBytes { key in
                key.withMemoryRebound(to: UInt8.self) { key in
                    EVP_CipherInit_ex2(context, EVP_aes_256_gcm(), key.baseAddress, nonce, isEncrypting ? 1 : 0, nil)
                }
            }
            var length: CInt = 0
            guard isReady == 1, EVP_CipherUpdate(context, nil, &length, authenticated, additional) == 1 else {
                ERR_clear_error()
                throw Unavailable()
            }
        }

        deinit { EVP_CIPHER_CTX_free(context) }

        func run(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
            guard let count = CInt(exactly: input.count), count <= output.count else { return false }
            // No value: there is nothing to point to.
            guard count > 0 else { return true }
            var length: CInt = 0
            let result = EVP_CipherUpdate(
                context,
                output.bindMemory(to: UInt8.self).baseAddress,
                &length,
                input.bindMemory(to: UInt8.self).baseAddress,
                count
            )
            return isSuccess(result) && length == count
        }

        /// Computes the tag, or compares it.
        func finish() -> Bool {
            // GCM has no rest to give; OpenSSL wants a place for one.
            var rest = [UInt8](repeating: 0, count: Int(EVP_MAX_BLOCK_LENGTH))
            var length: CInt = 0
            return isSuccess(EVP_CipherFinal_ex(context, &rest, &length))
        }

        func control(_ command: CInt, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
            isSuccess(EVP_CIPHER_CTX_ctrl(context, command, CInt(bytes.count), bytes.baseAddress))
        }

        private func isSuccess(_ result: CInt) -> Bool {
            if result != 1 { ERR_clear_error() }
            return result == 1
        }
    }
}
