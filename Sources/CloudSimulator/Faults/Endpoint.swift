/// The parts of the simulated cloud that requests are counted for and that can be made to fail.
package enum Endpoint: String, Sendable, CaseIterable {
    /// `PUT /identity/v1/token` and `PUT /instance_identity/v1/token`.
    case identityToken = "identity_token"
    /// `POST /identity/v1/iam_tokens` and `POST /instance_identity/v1/iam_token`.
    case iamToken = "iam_token"
    /// `POST /identity/v1/certificates` and `POST /instance_identity/v1/certificates`.
    case certificates
    /// `GET /metadata/v1/…`.
    case metadata
    /// `POST /identity/token`.
    case iam
    /// `GET /identity/keys`.
    case keys
    /// `/v1/instances` and `/v1/instances/{id}` of the VPC API.
    case vpc
    /// `/v1/apikeys…` of the IAM Identity API.
    case iamIdentity = "iam_identity"
    /// `/api/v2/secrets…` and `/api/v2/secret_groups/…`.
    case secretsManager = "secrets_manager"
    /// The S3 API: `/`, `/{bucket}` and `/{bucket}/{key}`.
    case objectStorage = "object_storage"
    /// `/v2/resource_keys…` and `/v2/resource_instances/{id}/resource_keys`.
    case resourceController = "resource_controller"
    /// `/api/v2/keys/…`.
    case keyProtect = "key_protect"

    /// What may be wrong with the tokens that come from here.
    var tokenFaults: Set<TokenFault> {
        switch self {
        case .identityToken: [.wrongKey, .wrongSignature, .expired, .otherAccount, .wrongNonce]
        case .iamToken, .iam: [.wrongKey, .wrongSignature, .expired, .otherAccount, .otherProfile]
        case .certificates, .metadata, .keys, .vpc, .iamIdentity, .secretsManager, .objectStorage, .resourceController,
            .keyProtect:
            []
        }
    }
}
