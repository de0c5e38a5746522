import Crypto
import FoundationEssentials
import IdentityCertificates
import SwiftASN1
import X509

/// Signs certificates in tests.
struct TestAuthority {
    let name: DistinguishedName
    private let key = Certificate.PrivateKey(P256.Signing.PrivateKey())

    /// The time in these tests.
    static let now = Date(timeIntervalSince1970: 1_788_256_800)
    static let hour: TimeInterval = 3_600

    init(_ commonName: String) throws {
        name = try DistinguishedName {
            CountryName("US")
            OrganizationName("Example Test")
            CommonName(commonName)
        }
    }

    var publicKey: Certificate.PublicKey { key.publicKey }

    /// What a certificate says, beside the key.
    struct Content {
        var subject: DistinguishedName
        var notBefore = now
        var notAfter = now.addingTimeInterval(hour)
        var extensions = Certificate.Extensions()
        var serial: [UInt8] = [0x03, 0xEA]

        init(_ subject: DistinguishedName) {
            self.subject = subject
        }
    }

    func sign(_ content: Content, _ key: Certificate.PublicKey) throws -> Certificate {
        try Certificate(
            version: .v3,
            serialNumber: .init(bytes: content.serial),
            publicKey: key,
            notValidBefore: content.notBefore,
            notValidAfter: content.notAfter,
            issuer: name,
            subject: content.subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: content.extensions,
            issuerPrivateKey: self.key
        )
    }

    /// A certificate of an authority, as the fixture's intermediate has it.
    func sign(
        _ authority: TestAuthority,
        pathLength: Int? = 0,
        change: (inout Content) throws -> Void = { _ in }
    ) throws -> Certificate {
        var content = Content(authority.name)
        content.notAfter = Self.now.addingTimeInterval(365 * 24 * Self.hour)
        content.extensions = try Certificate.Extensions {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: pathLength))
        }
        try change(&content)
        return try sign(content, authority.publicKey)
    }
}

extension IdentityKey {
    /// As who signs gets to see it.
    func certifiedKey(_ subject: CertificateSubject) throws -> Certificate.PublicKey {
        let request = try IdentityCertificates.CertificateSigningRequest(subject: subject, key: self)
        return try X509.CertificateSigningRequest(pemEncoded: request.pem).publicKey
    }
}

extension Certificate {
    var pem: String {
        get throws { try serializeAsPEM().pemString + "\n" }
    }
}
