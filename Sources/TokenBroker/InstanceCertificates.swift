/// Identity certificates of the instance, with its identity token.
package actor InstanceCertificates {
    private let issuer: any CertificateIssuer
    private let identity: IdentityTokens
    private let time: any TimeSource
    private var flights = 0
    private var refusal: (error: AcquisitionError, until: Duration)?

    private let mostFlights: Int

    /// `mostFlights` certificates may be on their way at the same time.
    package init(
        issuer: any CertificateIssuer,
        identity: IdentityTokens,
        time: any TimeSource,
        mostFlights: Int = 4
    ) {
        (self.issuer, self.identity, self.time, self.mostFlights) = (issuer, identity, time, mostFlights)
    }

    /// Has one certificate signed; every call is a new one.
    ///
    /// When the service asks to be left alone it is: nothing is sent for so long.
    package func certificate(_ request: CertificateRequest) async throws(AcquisitionError) -> IssuedCertificate {
        if let refusal, time.now.boot < refusal.until { throw refusal.error }
        guard flights < mostFlights else {
            throw AcquisitionError(
                .rateLimited,
                "no certificate was asked for: \(mostFlights) others are on their way; ask again later",
                retryAfter: .seconds(1)
            )
        }
        flights += 1
        defer { flights -= 1 }
        do {
            return try await identity.use { token throws(AcquisitionError) in
                try await issuer.certificate(request, token)
            }
        } catch {
            if let retryAfter = error.retryAfter { refusal = (error, time.now.boot + retryAfter) }
            throw error
        }
    }
}
