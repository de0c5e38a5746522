internal import Crypto
internal import CryptoExtras
package import JOSE
internal import X509

/// The private key of an identity certificate.
///
/// It leaves through ``pem`` alone, to be written into a file.
package struct IdentityKey: Sendable {
    /// PKCS #8 in PEM, with a line end at its end.
    package let pem: Redacted<String>
    private let key: Redacted<Certificate.PrivateKey>

    /// Makes a new key.
    ///
    /// RSA of 4,096 bits takes some tenths of a second, and at times several: never call it on an event loop.
    package init(generating type: KeyType) throws(CertificateError) {
        do {
            switch type {
            case .rsa4096: try self.init(_RSA.Signing.PrivateKey(keySize: .bits4096))
            case .rsa2048: try self.init(_RSA.Signing.PrivateKey(keySize: .bits2048))
            case .p256:
                let key = P256.Signing.PrivateKey()
                self.init(Certificate.PrivateKey(key), pem: key.pemRepresentation)
            }
        } catch {
            throw CertificateError(.unusableKey, "no key of the type \(type.rawValue) can be made")
        }
    }

    /// Reads a key that ``pem`` once gave.
    ///
    /// The error says nothing of what was read.
    package init(pem: Redacted<String>) throws(CertificateError) {
        guard pem.exposed.hasPrefix("-----BEGIN PRIVATE KEY-----\n"),
            let key = try? Certificate.PrivateKey(pemEncoded: pem.exposed)
        else { throw CertificateError(.unusableKey, "what should be a private key (PKCS #8, PEM) is not") }
        self.init(key, pem: pem.exposed)
    }

    private init(_ key: _RSA.Signing.PrivateKey) throws {
        self.init(Certificate.PrivateKey(key), pem: key.pkcs8PEMRepresentation)
    }

    private init(_ key: Certificate.PrivateKey, pem: String) {
        self.key = Redacted(key)
        self.pem = Redacted(pem.hasSuffix("\n") ? pem : pem + "\n")
    }

    var publicKey: Certificate.PublicKey { key.exposed.publicKey }

    /// What signs a request with this key: with SHA-256.
    var signer: (key: Redacted<Certificate.PrivateKey>, algorithm: Certificate.SignatureAlgorithm) {
        let isRSA = key.exposed.supportedSignatureAlgorithms.contains(.sha256WithRSAEncryption)
        return (key, isRSA ? .sha256WithRSAEncryption : .ecdsaWithSHA256)
    }
}
