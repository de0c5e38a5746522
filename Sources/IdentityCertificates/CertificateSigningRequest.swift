internal import JOSE
internal import SwiftASN1
internal import X509

/// What is sent to have a certificate signed (PKCS #10, RFC 2986): subject and public key, signed with SHA-256.
///
/// It has no extensions and no common name, because the metadata service refuses both.
package struct CertificateSigningRequest: Sendable, Hashable {
    /// PEM, with a line end at its end.
    package let pem: String

    package init(subject: CertificateSubject, key: IdentityKey) throws(CertificateError) {
        do {
            let signer = key.signer
            let request = try X509.CertificateSigningRequest(
                version: .v1,
                subject: try subject.distinguishedName,
                privateKey: signer.key.exposed,
                attributes: .init(),
                signatureAlgorithm: signer.algorithm
            )
            pem = try request.serializeAsPEM().pemString + "\n"
        } catch {
            throw CertificateError(.unusableKey, "the signing request cannot be made with this key")
        }
    }
}
