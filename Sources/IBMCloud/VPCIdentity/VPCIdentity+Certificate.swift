internal import JOSE
package import TokenBroker

extension VPCIdentity: CertificateIssuer {
    package func certificate(
        _ request: CertificateRequest,
        _ identity: InstanceIdentityToken
    ) async throws(AcquisitionError) -> IssuedCertificate {
        let call = VPCIdentityCall.certificate(identity, request)
        let answer = try await answer(to: call)
        do {
            return try IssuedCertificate(try answer.object())
        } catch {
            throw call.failure(.malformedAnswer, "\(error); check that \(configuration.url) is the metadata service")
        }
    }
}

extension IssuedCertificate {
    /// An instance's certificate and those above it: eight are plenty.
    private static let longestChain = 8

    fileprivate init(_ object: JSONValue) throws(AnswerFault) {
        let chain = object["certificates"]?.array?.compactMap(\.string) ?? []
        guard (1...Self.longestChain).contains(chain.count), chain.count == object["certificates"]?.array?.count,
            chain.allSatisfy({ $0.hasPrefix("-----BEGIN CERTIFICATE-----") })
        else { throw .member("certificates") }
        guard let id = object["id"]?.string else { throw .member("id") }
        guard let created = object["created_at"]?.string, CivilTime(rfc3339: created) != nil else {
            throw .member("created_at")
        }
        guard let expires = object["expires_at"]?.string, CivilTime(rfc3339: expires) != nil else {
            throw .member("expires_at")
        }
        guard let lifetime = object["expires_in"]?.integer, lifetime > 0 else { throw .member("expires_in") }
        self.init(chain: chain, id: id, createdAt: created, expiresAt: expires, lifetime: lifetime)
    }
}
