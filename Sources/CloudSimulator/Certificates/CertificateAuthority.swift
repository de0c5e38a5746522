internal import Crypto
internal import FoundationEssentials
internal import SwiftASN1
internal import X509

/// The authority that certifies the identity of simulated instances: a root and an intermediate, made once.
struct CertificateAuthority: Sendable {
    let root: Certificate
    let intermediate: Certificate
    private let intermediateKey: Certificate.PrivateKey
    /// What a leaf is signed with, or made for, when it is to be wrong.
    private let foreignKey: Certificate.PrivateKey

    /// Valid longer than the simulated clock can be moved from `now` in either direction.
    init(around now: Date) throws {
        let rootKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        intermediateKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        foreignKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let elevenYears = 11 * 366 * 86_400.0
        let validity = (from: now.addingTimeInterval(-elevenYears), to: now.addingTimeInterval(elevenYears))
        let rootName = try Self.name("Simulator Root")
        let authority = { (subject: DistinguishedName, key: Certificate.PrivateKey, pathLength: Int) in
            try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(),
                publicKey: key.publicKey,
                notValidBefore: validity.from,
                notValidAfter: validity.to,
                issuer: rootName,
                subject: subject,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: pathLength))
                },
                issuerPrivateKey: rootKey
            )
        }
        root = try authority(rootName, rootKey, 1)
        intermediate = try authority(try Self.name("Simulator Intermediate"), intermediateKey, 0)
    }

    private static func name(_ commonName: String) throws -> DistinguishedName {
        try DistinguishedName {
            CountryName("US")
            OrganizationName("ibm-cloud-simulator")
            CommonName(commonName)
        }
    }

    /// Certifies the key of `request` as that of the instance `id`: the chain, leaf first.
    ///
    /// Of the subject only country and organization stay, the instance ID becomes the common name, and there are no
    /// extensions: so has IBM's sample.
    func chain(
        for request: SigningRequest,
        instance id: String,
        _ life: TokenLife,
        faults: Set<CertificateFault>
    ) throws -> [String] {
        let commonName = RelativeDistinguishedName.Attribute(type: .RDNAttributeType.commonName, utf8String: id)
        let subject = try DistinguishedName(request.countryAndOrganization + [commonName])
        let leaf = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: faults.contains(.otherKey) ? foreignKey.publicKey : request.publicKey,
            notValidBefore: life.issued,
            notValidAfter: life.expires,
            issuer: intermediate.subject,
            subject: subject,
            extensions: Certificate.Extensions(),
            issuerPrivateKey: faults.contains(.wrongSignature) ? foreignKey : intermediateKey
        )
        let chain = [try leaf.serializeAsPEM().pemString, try intermediate.serializeAsPEM().pemString]
        return faults.contains(.wrongOrder) ? chain.reversed() : chain
    }
}
