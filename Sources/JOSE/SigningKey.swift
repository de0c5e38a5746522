internal import COpenSSL

/// A private key that signs tokens: what the simulator and tests stand on.
///
/// The broker itself signs nothing.
///
/// `@unchecked Sendable`: the key is never changed after `init`, and OpenSSL counts references to it atomically.
package final class SigningKey: @unchecked Sendable {
    /// `kid` of the key, in its JSON Web Key and in the header of what it signs.
    package let id: String
    package let algorithm: SignatureAlgorithm
    private let key: OpaquePointer  // EVP_PKEY

    /// Generates a key that fits `algorithm`.
    ///
    /// - Parameters:
    ///   - algorithm: what the key will sign with.
    ///   - id: the key's `kid`.
    ///   - bits: the length of an RSA modulus; of no consequence for other keys.
    /// - Throws: ``CryptoError`` when OpenSSL cannot make such a key.
    package init(generating algorithm: SignatureAlgorithm = .rs256, id: String, bits: Int = 2_048) throws(CryptoError) {
        let key =
            switch algorithm.keyType {
            case .rsa: COpenSSL_generate_rsa(UInt32(clamping: bits))
            case .ec(let curve): COpenSSL_generate_ec(curve.rawValue)
            case .ed25519: COpenSSL_generate_ed25519()
            }
        guard let key else { throw CryptoError("could not generate a key for \(algorithm.rawValue)") }
        self.id = id
        self.algorithm = algorithm
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// A compact token over `claims`, with `alg` and `kid` in its header.
    ///
    /// - Parameters:
    ///   - claims: the JSON text of the payload.
    ///   - header: the JSON text of another header, for tests of what verifiers must refuse.
    /// - Returns: the compact serialisation.
    /// - Throws: ``CryptoError`` when OpenSSL cannot sign.
    package func token(claims: String, header: String? = nil) throws(CryptoError) -> String {
        let header = header ?? #"{"kid":"\#(id)","alg":"\#(algorithm.rawValue)"}"#
        let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        return signed + "." + Base64URL.encode(try signature(over: Array(signed.utf8)))
    }

    /// The signature over `message`, as JSON Web Signature spells it.
    package func signature(over message: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw CryptoError("could not sign") }
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?  // owned by `context`
        guard EVP_DigestSignInit_ex(context, &keyContext, algorithm.digest, nil, nil, key, nil) == 1 else {
            throw CryptoError("could not sign")
        }
        if algorithm.isPSS {
            guard EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1
            else { throw CryptoError("could not sign") }
        }
        var length = 0
        guard EVP_DigestSign(context, nil, &length, message, message.count) == 1 else {
            throw CryptoError("could not sign")
        }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            throw CryptoError("could not sign")
        }
        signature.removeLast(signature.count - length)
        guard case .ec(let curve) = algorithm.keyType else { return signature }
        guard let raw = ECDSASignature.raw(signature, curve) else { throw CryptoError("could not sign") }
        return raw
    }

    /// The public half as the JSON text of a JSON Web Key with `kty`, `alg` and `kid`, like IBM's.
    package func publicJWK() throws(CryptoError) -> String {
        let common = #""alg":"\#(algorithm.rawValue)","kid":"\#(id)""#
        switch algorithm.keyType {
        case .rsa:
            let modulus = Base64URL.encode(try number(OSSL_PKEY_PARAM_RSA_N))
            let exponent = Base64URL.encode(try number(OSSL_PKEY_PARAM_RSA_E))
            return #"{"kty":"RSA","n":"\#(modulus)","e":"\#(exponent)",\#(common)}"#
        case .ec(let curve):
            let point = try octets()
            let x = Base64URL.encode(point[1...curve.size])
            let y = Base64URL.encode(point[(curve.size + 1)...])
            return #"{"kty":"EC","crv":"\#(curve.rawValue)","x":"\#(x)","y":"\#(y)",\#(common)}"#
        case .ed25519:
            return #"{"kty":"OKP","crv":"Ed25519","x":"\#(Base64URL.encode(try octets()))",\#(common)}"#
        }
    }

    private func number(_ parameter: String) throws(CryptoError) -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, parameter, &number) == 1, let number else {
            throw CryptoError("could not read the public key")
        }
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return bytes
    }

    /// The public point or bytes: for a curve 0x04, x and y.
    private func octets() throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 256)
        var length = 0
        guard
            EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, &bytes, bytes.count, &length) == 1
        else { throw CryptoError("could not read the public key") }
        return Array(bytes[..<length])
    }
}
