/// Who signs identity certificates of this instance: the metadata service.
package protocol CertificateIssuer: Sendable {
    /// Has one certificate signed, without a second attempt.
    ///
    /// - Throws: ``AcquisitionError``; with ``AcquisitionError/Code/identityRejected`` the caller gets a new identity token and
    ///   tries once more; with ``AcquisitionError/Code/requestRejected`` the service does not accept the signing request.
    func certificate(
        _ request: CertificateRequest,
        _ identity: InstanceIdentityToken
    ) async throws(AcquisitionError) -> IssuedCertificate
}

/// What is asked for when a certificate is to be signed (reference: IBM API, section 7).
package struct CertificateRequest: Sendable, Hashable {
    /// The certificate signing request in PEM: a subject of C, ST, L, O and OU only, at least one, and no extensions.
    package let signingRequest: String
    /// Seconds the certificate shall be valid; `nil`: what the service takes for itself (3,600).
    package let lifetime: Int?

    package init(signingRequest: String, lifetime: Int? = nil) {
        (self.signingRequest, self.lifetime) = (signingRequest, lifetime)
    }
}

/// A certificate as the service gave it; nothing in it has been checked but that it is PEM.
package struct IssuedCertificate: Sendable, Hashable {
    /// PEM, the instance's certificate first, then those that signed it.
    package let chain: [String]
    package let id: String
    /// RFC 3339, as they came.
    package let createdAt: String
    package let expiresAt: String
    /// Seconds from creation to expiry.
    package let lifetime: Int

    package init(chain: [String], id: String, createdAt: String, expiresAt: String, lifetime: Int) {
        (self.chain, self.id) = (chain, id)
        (self.createdAt, self.expiresAt, self.lifetime) = (createdAt, expiresAt, lifetime)
    }
}
