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

    /// Whether `signature` is this key's over `message`. The caller has made sure that algorithm and key fit.
    func isValid(
        _ signature: UnsafeBufferPointer<UInt8>,
        over message: UnsafeBufferPointer<UInt8>,
        _ algorithm: SignatureAlgorithm
    ) -> Bool {
        let pooled = contexts.withLock { $0[algorithm]?.popLast() }
        guard let context = pooled ?? VerificationContext(key, algorithm) else {
            ERR_clear_error()
            return false
        }
        defer {
            contexts.withLock {
                if $0[algorithm, default: []].count < Self.pooledContexts { $0[algorithm]?.append(context) }
            }
        }
        guard case .ec(let curve) = type else { return context.isValid(signature, over: message) }
        guard let encoded = ECDSASignature.der(signature, curve) else { return false }
        return encoded.withUnsafeBufferPointer { context.isValid($0, over: message) }
    }

    /// How many idle contexts an algorithm keeps: more threads than this verify with one key at once seldom.
    private static let pooledContexts = 8
}

/// An initialised verification, and a scratch context that a copy of it is run in.
///
/// Initialising costs a fifth of an RSA verification; copying costs little (reference: platform, "Verifying").
/// `@unchecked Sendable`: a context is in the pool or with the one verification that took it out.
private final class VerificationContext: @unchecked Sendable {
    private let template: OpaquePointer  // EVP_MD_CTX
    private let scratch: OpaquePointer  // EVP_MD_CTX

    init?(_ key: OpaquePointer, _ algorithm: SignatureAlgorithm) {
        guard let template = EVP_MD_CTX_new() else { return nil }
        guard let scratch = EVP_MD_CTX_new() else {
            EVP_MD_CTX_free(template)
            return nil
        }
        (self.template, self.scratch) = (template, scratch)
        var keyContext: OpaquePointer?  // owned by `template`
        guard EVP_DigestVerifyInit_ex(template, &keyContext, algorithm.digest, nil, nil, key, nil) == 1 else {
            return nil
        }
        if algorithm.isPSS {
            // RFC 7518 section 3.5: the salt is as long as the digest, and MGF1 uses the same digest.
            guard EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1,
                EVP_PKEY_CTX_set_rsa_mgf1_md_name(keyContext, algorithm.digest, nil) == 1
            else { return nil }
        }
    }

    deinit {
        EVP_MD_CTX_free(template)
        EVP_MD_CTX_free(scratch)
    }

    func isValid(_ signature: UnsafeBufferPointer<UInt8>, over message: UnsafeBufferPointer<UInt8>) -> Bool {
        guard EVP_MD_CTX_copy_ex(scratch, template) == 1,
            EVP_DigestVerify(scratch, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
        else {
            ERR_clear_error()
            return false
        }
        return true
    }
}
