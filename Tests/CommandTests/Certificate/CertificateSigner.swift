import Crypto
import Foundation
import SwiftASN1
import X509

/// Stands where the metadata service, or the broker in its place, signs certificates.
struct CertificateSigner: Sendable {
    private let root = Certificate.PrivateKey(P256.Signing.PrivateKey())
    private let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    private let rootName: DistinguishedName
    private let name: DistinguishedName
    private let start: Date

    static let instance = "0717_2c9f7d1e-4b3a-4c5d-8e6f-7a8b9c0d1e2f"

    init(start: Date = Date()) throws {
        rootName = try DistinguishedName { CommonName("Test Root") }
        name = try DistinguishedName { CommonName("Test Intermediate") }
        self.start = start
    }

    /// The certificate of the root alone.
    func rootPEM() throws -> String {
        try certificate(rootName, root.publicKey, lifetime: 86_400, by: rootName, root, isAuthority: true)
    }

    /// Answers a session token, and signs what comes after that.
    func answer(_ request: ScriptedServer.Request) -> FakeDaemon.Script {
        if request.line.hasPrefix("PUT ") { return MetadataAnswers.identityToken }
        guard request.line.hasPrefix("POST "), request.path.hasSuffix("/certificates"),
            request.fields["authorization"] == "Bearer \(MetadataAnswers.token)"
        else { return MetadataAnswers.error("401 Unauthorized", "unauthenticated") }
        do {
            return .answer("201 Created", try document(request.body))
        } catch {
            return MetadataAnswers.error("400 Bad Request", "invalid_value")
        }
    }

    private struct Body: Decodable {
        var csr: String
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var expires_in: Int
    }

    private func document(_ body: String) throws -> String {
        let body = try JSONDecoder().decode(Body.self, from: Data(body.utf8))
        let request = try CertificateSigningRequest(pemEncoded: body.csr)
        // As the service does: attributes are left out, and the instance is named.
        let subject = DistinguishedName(
            request.subject.filter { $0.first.map { [.country, .organization].contains($0.type) } ?? false }
                + [RelativeDistinguishedName(.init(type: .RDNAttributeType.commonName, utf8String: Self.instance))]
        )
        let chain = try [
            certificate(subject, request.publicKey, lifetime: body.expires_in, by: name, key, isAuthority: false),
            certificate(name, key.publicKey, lifetime: 86_400, by: rootName, root, isAuthority: true),
        ]
        let texts = try String(decoding: JSONEncoder().encode(chain), as: UTF8.self)
        return #"{"certificates":\#(texts),"expires_in":\#(body.expires_in),"id":"4c5d6e7f"}"#
    }

    private func certificate(
        _ subject: DistinguishedName,
        _ key: Certificate.PublicKey,
        lifetime: Int,
        by issuer: DistinguishedName,
        _ issuerKey: Certificate.PrivateKey,
        isAuthority: Bool
    ) throws -> String {
        let certificate = try Certificate(
            version: .v3,
            serialNumber: .init(bytes: [0x03, 0xEA]),
            publicKey: key,
            notValidBefore: start,
            notValidAfter: start.addingTimeInterval(TimeInterval(lifetime)),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                if isAuthority { Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil)) }
            },
            issuerPrivateKey: issuerKey
        )
        return try certificate.serializeAsPEM().pemString + "\n"
    }
}

extension ASN1ObjectIdentifier {
    fileprivate static let country = ASN1ObjectIdentifier.RDNAttributeType.countryName
    fileprivate static let organization = ASN1ObjectIdentifier.RDNAttributeType.organizationName
}
