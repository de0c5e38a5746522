/// Identity certificates of the instance, with its identity token.
package struct InstanceCertificates: Sendable {
    private let issuer: any CertificateIssuer
    private let identity: IdentityTokens

    package init(issuer: any CertificateIssuer, identity: IdentityTokens) {
        self.issuer = issuer
        self.identity = identity
    }

    /// Has one certificate signed; every call is a new one.
    package func certificate(_ request: CertificateRequest) async throws(AcquisitionError) -> IssuedCertificate {
        try await identity.use { token throws(AcquisitionError) in try await issuer.certificate(request, token) }
    }
}
