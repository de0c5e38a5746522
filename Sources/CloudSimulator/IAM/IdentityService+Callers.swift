internal import JOSE

// Who calls the services that take IAM tokens.
extension IdentityService {
    /// The IAM ID in the bearer token of `request`.
    ///
    /// - Returns: `nil` unless it is an IAM token of this simulator that has not expired and whose key was not rotated
    ///   away. Nobody's access is limited any further.
    func caller(of request: SimulatorRequest) throws -> String? {
        guard let token = request.bearer else { return nil }
        var published = keys.published
        if !published.contains(where: { $0.id == keys.signing.id }) { published.append(keys.signing) }
        let texts = try published.map { key in try key.publicJWK() }
        let keySet = try KeySet(parsing: #"{"keys":[\#(texts.joined(separator: ","))]}"#)
        var expectations = TokenExpectations()
        expectations.issuer = instance.issuer
        switch TokenVerifier(expectations).verify(UnverifiedToken(compact: token), with: keySet, now: now) {
        case .accept(let verified): return verified.claims.root["iam_id"]?.string
        case .reject: return nil
        }
    }
}
