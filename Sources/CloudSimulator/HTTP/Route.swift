/// What a path leads to.
enum Route: Sendable {
    case identityToken(PathFamily)
    case iamToken(PathFamily)
    case certificates(PathFamily)
    /// The segments after `/metadata/v1`.
    case metadata([String])
    case iam
    case keys
    case discovery
    /// `/v1/instances`, with the segment that follows.
    case instances(id: String?)
    /// The segments after `/v1/apikeys`.
    case apiKeys([String])
    /// Secrets Manager: the segments after `/api/v2`.
    case secrets([String])
    /// The Resource Controller: the segments after `/v2`.
    case resourceKeys([String])
    /// Key Protect: the segments after `/api/v2/keys`.
    case rootKeys([String])
    /// The S3 API: `/`, `/{bucket}` and `/{bucket}/{key}`.
    case objectStorage
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

    /// Finds out whom `request` is for.
    ///
    /// All services share one port. So whatever is signed as S3's clients do is for Object Storage, and so is a path that
    /// is nobody else's and begins with the name of one of the `buckets`.
    init(_ request: SimulatorRequest, buckets: [String]) {
        let segments = request.segments
        switch segments.first {
        case "simulator": self = .control(Array(segments.dropFirst()))
        case _ where SignatureClaim.isIn(request): self = .objectStorage
        case nil: self = .objectStorage
        case "v1" where segments.count == 3 && segments[1] == "instances": self = .instances(id: segments[2])
        case "metadata" where segments.dropFirst().first == "v1": self = .metadata(Array(segments.dropFirst(2)))
        case "v1" where segments.dropFirst().first == "apikeys": self = .apiKeys(Array(segments.dropFirst(2)))
        case "v2" where ["resource_keys", "resource_instances"].contains(segments.dropFirst().first):
            self = .resourceKeys(Array(segments.dropFirst()))
        case "api" where segments.starts(with: ["api", "v2", "keys"]): self = .rootKeys(Array(segments.dropFirst(3)))
        case "api" where segments.starts(with: ["api", "v2", "secrets"]),
            "api" where segments.starts(with: ["api", "v2", "secret_groups"]):
            self = .secrets(Array(segments.dropFirst(2)))
        case let first?:
            let route = Self.fixed(segments.joined(separator: "/"))
            if case .unknown = route, buckets.contains(first) { self = .objectStorage } else { self = route }
        }
    }

    private static func fixed(_ path: String) -> Route {
        switch path {
        case "identity/v1/token": .identityToken(.identity)
        case "instance_identity/v1/token": .identityToken(.instanceIdentity)
        case "identity/v1/iam_tokens": .iamToken(.identity)
        case "instance_identity/v1/iam_token": .iamToken(.instanceIdentity)
        case "identity/v1/certificates": .certificates(.identity)
        case "instance_identity/v1/certificates": .certificates(.instanceIdentity)
        case "identity/token", "oidc/token": .iam
        case "identity/keys": .keys
        case "identity/.well-known/openid-configuration": .discovery
        case "v1/instances": .instances(id: nil)
        default: .unknown
        }
    }

    /// What the path counts as, and whose faults meet it.
    var endpoint: Endpoint? {
        switch self {
        case .identityToken: .identityToken
        case .iamToken: .iamToken
        case .certificates: .certificates
        case .metadata: .metadata
        case .iam: .iam
        case .keys: .keys
        case .instances: .vpc
        case .apiKeys: .iamIdentity
        case .secrets: .secretsManager
        case .objectStorage: .objectStorage
        case .resourceKeys: .resourceController
        case .rootKeys: .keyProtect
        case .discovery, .control, .unknown: nil
        }
    }

    /// The error of the service behind the path for `status`.
    func error(_ status: Int, _ context: IAMErrorContext) -> SimulatorAnswer {
        switch self {
        case .identityToken, .iamToken, .certificates, .metadata, .secrets: return VPCError.status(status).answer
        case .iam, .keys, .discovery, .control, .unknown: return IAMError.status(status).answer(context)
        case .instances:
            var error = VPCError.status(status)
            error.statesStatus = false
            return error.answer
        case .apiKeys: return IAMIdentityError.status(status).answer(context)
        case .objectStorage: return ObjectStorageError.status(status).answer
        case .resourceKeys: return ResourceControllerError.status(status).answer
        case .rootKeys: return KeyProtectError.status(status).answer
        }
    }

    /// Whether the path belongs to the metadata service, which its owner can turn off.
    var isOfMetadataService: Bool {
        switch self {
        case .identityToken, .iamToken, .certificates, .metadata: true
        case .iam, .keys, .discovery, .instances, .apiKeys, .secrets, .resourceKeys, .rootKeys, .objectStorage,
            .control, .unknown:
            false
        }
    }
}
