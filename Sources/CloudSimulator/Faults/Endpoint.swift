/// The parts of the simulated cloud that requests are counted for and that can be made to fail.
package enum Endpoint: String, Sendable, CaseIterable {
    /// `PUT /identity/v1/token` and `PUT /instance_identity/v1/token`.
    case identityToken = "identity_token"
    /// `POST /identity/v1/iam_tokens` and `POST /instance_identity/v1/iam_token`.
    case iamToken = "iam_token"
    /// `GET /metadata/v1/…`.
    case metadata
    /// `POST /identity/token`.
    case iam
    /// `GET /identity/keys`.
    case keys

    /// What may be wrong with the tokens that come from here.
    var tokenFaults: Set<TokenFault> {
        switch self {
        case .identityToken: [.wrongKey, .wrongSignature, .expired, .otherAccount, .wrongNonce]
        case .iamToken, .iam: [.wrongKey, .wrongSignature, .expired, .otherAccount, .otherProfile]
        case .metadata, .keys: []
        }
    }
}
