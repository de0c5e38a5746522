/// One usable key of a ``KeySet``.
struct VerificationKey: Sendable {
    /// `kid`, when the key has one.
    let id: String?
    /// `alg`, when the key is bound to one algorithm.
    let algorithm: SignatureAlgorithm?
    let key: PublicKey

    /// Reads a JSON Web Key, or returns `nil` when it cannot verify signatures (RFC 7517 section 4, RFC 7518 section 6).
    ///
    /// `x5u`, `x5c` and everything else that could bring a key from elsewhere is ignored.
    init?(_ jwk: JSONValue) {
        // Types are ASCII: a look-alike that Unicode calls equal is none of them.
        guard let type = jwk["kty"]?.string, type.utf8.allSatisfy({ $0 < 0x80 }), Self.mayVerify(jwk),
            let key = Self.publicKey(jwk, type: type)
        else {
            return nil
        }
        self.key = key
        if let id = jwk["kid"] {
            guard let id = id.string else { return nil }
            self.id = id
        } else {
            id = nil
        }
        if let name = jwk["alg"] {
            guard let algorithm = name.string.flatMap(SignatureAlgorithm.init), algorithm.keyType == key.type else {
                return nil
            }
            self.algorithm = algorithm
        } else {
            algorithm = nil
        }
    }

    /// Whether type, curve and the key's own `alg` allow `algorithm`.
    func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        algorithm.keyType == key.type && (self.algorithm ?? algorithm) == algorithm
    }

    /// `use` and `key_ops` (RFC 7517 sections 4.2 and 4.3), both of which may be absent: IBM's keys carry neither.
    private static func mayVerify(_ jwk: JSONValue) -> Bool {
        if let use = jwk["use"], use.string != "sig" { return false }
        guard let operations = jwk["key_ops"] else { return true }
        return operations.array?.contains { $0.string == "verify" } ?? false
    }

    private static func publicKey(_ jwk: JSONValue, type: String) -> PublicKey? {
        func bytes(_ name: StaticString) -> [UInt8]? { jwk[name]?.string.flatMap(Base64URL.decode) }
        switch type {
        case "RSA":
            guard let modulus = bytes("n"), let exponent = bytes("e") else { return nil }
            return .rsa(modulus: modulus, exponent: exponent)
        case "EC":
            guard let curve = jwk["crv"]?.string.flatMap(Curve.init), let x = bytes("x"), let y = bytes("y") else {
                return nil
            }
            return .ec(curve, x: x, y: y)
        case "OKP":
            guard jwk["crv"]?.string == "Ed25519", let x = bytes("x") else { return nil }
            return .ed25519(x)
        default:
            return nil
        }
    }
}
