internal import COpenSSL
internal import Synchronization

/// A public key that signatures can be checked with, and the contexts prepared for it.
///
/// `@unchecked Sendable`: the key is never changed after `init` and OpenSSL counts references to it atomically; contexts
/// may not be shared between threads, so each is taken out of the pool for the time of one verification.
final class PublicKey: @unchecked Sendable {
    let type: KeyType
    /// The length of a modulus, coordinate or key, in bits.
    let bits: Int
    private let key: OpaquePointer  // EVP_PKEY
    private let contexts = Mutex<[SignatureAlgorithm: [VerificationContext]]>([:])

    init(owning key: OpaquePointer, type: KeyType) {
        self.key = key
        self.type = type
        bits = Int(EVP_PKEY_get_bits(key))
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether `signature` is this key's over `message`.
    ///
    /// The caller has made sure that algorithm and key fit.
    func isValid(
        _ signature: UnsafeBufferPointer<UInt8>,
        over message: UnsafeBufferPointer<UInt8>,
        _ algorithm: SignatureAlgorithm
    ) -> Bool {
        // RFC 8017 sections 8.1.2 and 8.2.2: exactly as long as the modulus, which OpenSSL checks for one of the two.
        guard type != .rsa || signature.count == (bits + 7) / 8 else { return false }
        let pooled = contexts.withLock { $0[algorithm]?.popLast() }
        guard let context = pooled ?? VerificationContext(key, algorithm) else {
            ERR_clear_error()
            return false
        }
        defer {
            contexts.withLock {
                if $0[algorithm, default: []].count < Self.pooledContexts { $0[algorithm, default: []].append(context) }
            }
        }
        guard case .ec(let curve) = type else { return context.isValid(signature, over: message) }
        guard let encoded = ECDSASignature.der(signature, curve) else { return false }
        return encoded.withUnsafeBufferPointer { context.isValid($0, over: message) }
    }

    /// How many idle contexts an algorithm keeps: more threads than this verify with one key at once seldom.
    private static let pooledContexts = 8
}

/// A verification that is initialised once and run any number of times (EVP_PKEY_verify(3)).
///
/// The digest is computed apart from the signature check, so nothing has to be copied or initialised again but the
/// digest's state. Ed25519 signs messages and not digests, and goes the other way.
/// `@unchecked Sendable`: a context is in the pool or with the one verification that took it out.
private final class VerificationContext: @unchecked Sendable {
    private let digestContext: OpaquePointer  // EVP_MD_CTX
    private let digest: OpaquePointer?  // EVP_MD
    private let keyContext: OpaquePointer  // EVP_PKEY_CTX
    private let key: OpaquePointer  // EVP_PKEY

    init?(_ key: OpaquePointer, _ algorithm: SignatureAlgorithm) {
        let digest = algorithm.digest.flatMap { EVP_MD_fetch(nil, $0, nil) }
        guard let digestContext = EVP_MD_CTX_new() else {
            EVP_MD_free(digest)
            return nil
        }
        guard let keyContext = EVP_PKEY_CTX_new(key, nil) else {
            EVP_MD_free(digest)
            EVP_MD_CTX_free(digestContext)
            return nil
        }
        EVP_PKEY_up_ref(key)
        (self.digest, self.digestContext, self.keyContext, self.key) = (digest, digestContext, keyContext, key)
        guard algorithm.digest != nil else { return }
        guard digest != nil, EVP_PKEY_verify_init(keyContext) == 1 else { return nil }
        if algorithm.keyType == .rsa {
            let padding = algorithm.isPSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
            guard EVP_PKEY_CTX_set_rsa_padding(keyContext, padding) == 1 else { return nil }
        }
        guard EVP_PKEY_CTX_set_signature_md(keyContext, digest) == 1 else { return nil }
        if algorithm.isPSS {
            guard EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1,
                EVP_PKEY_CTX_set_rsa_mgf1_md_name(keyContext, algorithm.digest, nil) == 1
            else { return nil }
        }
    }

    deinit {
        EVP_MD_CTX_free(digestContext)
        EVP_MD_free(digest)
        EVP_PKEY_CTX_free(keyContext)
        EVP_PKEY_free(key)
    }

    func isValid(_ signature: UnsafeBufferPointer<UInt8>, over message: UnsafeBufferPointer<UInt8>) -> Bool {
        let isValid =
            if let digest {
                verify(signature, digestOf: message, digest)
            } else {
                EVP_DigestVerifyInit_ex(digestContext, nil, nil, nil, nil, key, nil) == 1
                    && EVP_DigestVerify(
                        digestContext,
                        signature.baseAddress,
                        signature.count,
                        message.baseAddress,
                        message.count
                    ) == 1
            }
        if !isValid { ERR_clear_error() }
        return isValid
    }

    private func verify(
        _ signature: UnsafeBufferPointer<UInt8>,
        digestOf message: UnsafeBufferPointer<UInt8>,
        _ digest: OpaquePointer
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { output in
            var length: UInt32 = 0
            return EVP_DigestInit_ex2(digestContext, digest, nil) == 1
                && EVP_DigestUpdate(digestContext, message.baseAddress, message.count) == 1
                && EVP_DigestFinal_ex(digestContext, output.baseAddress, &length) == 1
                && EVP_PKEY_verify(
                    keyContext,
                    signature.baseAddress,
                    signature.count,
                    output.baseAddress,
                    Int(length)
                ) == 1
        }
    }
}
