internal import FoundationEssentials
internal import JOSE
package import Testing
package import TokenBroker

/// What every certificate issuer promises while its world is well: the fake and the real ones pass it.
///
/// It has `request`, which the issuer accepts, signed four times, three of them at the same time.
package func checkConformance(
    of issuer: some CertificateIssuer,
    identity: InstanceIdentityToken,
    request: CertificateRequest,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let first = try await issuer.certificate(request, identity)
    let others = try await withThrowingTaskGroup(of: IssuedCertificate.self) { group in
        for _ in 1...3 { group.addTask { try await issuer.certificate(request, identity) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
    for issued in [first] + others {
        #expect(!issued.chain.isEmpty, "there is a certificate", sourceLocation: sourceLocation)
        let isPEM = issued.chain.allSatisfy { $0.hasPrefix("-----BEGIN CERTIFICATE-----") }
        #expect(isPEM, "certificates are PEM", sourceLocation: sourceLocation)
        #expect(!issued.id.isEmpty, "a certificate has an ID", sourceLocation: sourceLocation)
        let (created, expires) = (instant(issued.createdAt), instant(issued.expiresAt))
        let start = try #require(created, "instants are RFC 3339", sourceLocation: sourceLocation)
        let end = try #require(expires, "instants are RFC 3339", sourceLocation: sourceLocation)
        #expect(start < end, "a certificate ends after its creation", sourceLocation: sourceLocation)
        #expect(issued.lifetime > 0, "a certificate has time to live", sourceLocation: sourceLocation)
    }
}

/// What every certificate issuer promises when it cannot answer: an error with this code, for people to read, that tells
/// nothing of the identity token.
package func checkFailure(
    of issuer: some CertificateIssuer,
    identity: InstanceIdentityToken,
    request: CertificateRequest,
    code: AcquisitionError.Code,
    sourceLocation: SourceLocation = #_sourceLocation
) async {
    let error = await #expect(throws: AcquisitionError.self, sourceLocation: sourceLocation) {
        _ = try await issuer.certificate(request, identity)
    }
    guard let error else { return }
    checkMessage(of: error, code: code, secrets: [identity.compact.exposed], sourceLocation: sourceLocation)
}

/// An instant of RFC 3339 in UTC, with or without fractions of a second.
private func instant(_ text: String) -> Date? {
    let styles = [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
    return styles.lazy.compactMap { try? $0.parse(text) }.first
}
