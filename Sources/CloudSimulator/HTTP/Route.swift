/// What a path leads to.
enum Route: Sendable {
    case identityToken(PathFamily)
    case iamToken(PathFamily)
    /// The segments after `/metadata/v1`.
    case metadata([String])
    case iam
    case keys
    case discovery
    /// The segments after `/simulator`.
    case control([String])
    case unknown

    /// The two spellings of the identity paths.
    enum PathFamily: Sendable {
        /// `/instance_identity/v1/…`, gone from version 2025-08-26 on.
        case instanceIdentity
        /// `/identity/v1/…`.
        case identity
    }

    init(_ segments: [String]) {
        switch segments.first {
        case "simulator": self = .control(Array(segments.dropFirst()))
        case "metadata" where segments.dropFirst().first == "v1": self = .metadata(Array(segments.dropFirst(2)))
        default: self = Self.fixed(segments.joined(separator: "/"))
        }
    }

    private static func fixed(_ path: String) -> Route {
        switch path {
        case "identity/v1/token": .identityToken(.identity)
        case "instance_identity/v1/token": .identityToken(.instanceIdentity)
        case "identity/v1/iam_tokens": .iamToken(.identity)
        case "instance_identity/v1/iam_token": .iamToken(.instanceIdentity)
        case "identity/token", "oidc/token": .iam
        case "identity/keys": .keys
        case "identity/.well-known/openid-configuration": .discovery
        default: .unknown
        }
    }

    /// What the path counts as, and whose faults meet it.
    var endpoint: Endpoint? {
        switch self {
        case .identityToken: .identityToken
        case .iamToken: .iamToken
        case .metadata: .metadata
        case .iam: .iam
        case .keys: .keys
        case .discovery, .control, .unknown: nil
        }
    }

    /// Whether the path belongs to the metadata service, which its owner can turn off.
    var isOfMetadataService: Bool {
        switch self {
        case .identityToken, .iamToken, .metadata: true
        case .iam, .keys, .discovery, .control, .unknown: false
        }
    }
}
