internal import SwiftASN1
internal import X509

/// A certificate signing request (RFC 2986) that IBM's service would certify.
struct SigningRequest {
    let publicKey: Certificate.PublicKey
    /// The attributes C and O of the subject, in its order.
    let countryAndOrganization: [RelativeDistinguishedName.Attribute]

    private static let allowed: Set<ASN1ObjectIdentifier> = [
        .RDNAttributeType.countryName, .RDNAttributeType.stateOrProvinceName, .RDNAttributeType.localityName,
        .RDNAttributeType.organizationName, .RDNAttributeType.organizationalUnitName,
    ]

    /// Reads a request in PEM.
    ///
    /// - Throws: what is wrong with it: its form, its subject, extensions that it asks for, or its signature.
    init(pem: String) throws(VPCError) {
        let request: CertificateSigningRequest
        let asksForExtensions: Bool
        do {
            request = try CertificateSigningRequest(pemEncoded: pem)
            let attribute = request.attributes[oid: .CSRAttributes.extensionRequest]
            asksForExtensions = try attribute.map { try !ExtensionRequest($0).extensions.isEmpty } ?? false
        } catch {
            throw Self.invalid("csr must be a certificate signing request in PEM")
        }
        let subject = request.subject.flatMap { Array($0) }
        guard !subject.isEmpty else { throw Self.invalid("the subject must have at least one of C, ST, L, O and OU") }
        guard !subject.contains(where: { $0.type == .RDNAttributeType.commonName }) else {
            throw Self.invalid("the subject must not have a common name: it will be the ID of the instance")
        }
        guard subject.allSatisfy({ Self.allowed.contains($0.type) }) else {
            throw Self.invalid("the subject may only have C, ST, L, O and OU")
        }
        guard !asksForExtensions else { throw Self.invalid("extensions must not be requested") }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw Self.invalid("the signature does not match the public key")
        }
        publicKey = request.publicKey
        countryAndOrganization = subject.filter {
            [.RDNAttributeType.countryName, .RDNAttributeType.organizationName].contains($0.type)
        }
    }

    private static func invalid(_ message: String) -> VPCError {
        .invalid("invalid_value", message, VPCError.Target(name: "csr", type: .field))
    }
}
