internal import FoundationEssentials
internal import KeyRotation

/// Where the services that make keys are, and what the calls to all of them share.
struct KeyServices: Sendable {
    let iam: ServiceURL
    let resourceController: ServiceURL
    let transport: HTTPTransport
    let now: @Sendable () -> Date

    /// Builds the issuer of the keys of `target`.
    ///
    /// - Parameters:
    ///   - target: what is rotated.
    ///   - plan: the plan that says so.
    ///   - token: gives the token that the calls are made with.
    ///   - check: judges the tokens that new API keys open.
    /// - Returns: the issuer; nothing is sent.
    /// - Throws: ``ConfigurationError`` for a URL that is none, or that keys may not be sent to.
    func issuer(
        for target: KeyTarget,
        plan: PlanName,
        token: @escaping BearerSource,
        check: @escaping TokenCheck
    ) throws(ConfigurationError) -> any KeyIssuer {
        let identity = client(
            "IAM",
            at: iam,
            role: "the role Administrator on the service ID, or on the IAM Identity service",
            token
        )
        let grant = APIKeyGrant(client: identity, check: check)
        switch target {
        case .apiKey(let iamID, let account):
            return IAMAPIKeys(iamID: iamID, account: account, plan: plan, client: identity, grant: grant)
        case .resourceKey(let target):
            let role = "the role Administrator on the Object Storage instance"
            let controller = client("the resource controller", at: resourceController, role: role, token)
            let endpoint = try Self.url(target.endpoint)
            let probe = BucketProbe(endpoint: endpoint, bucket: target.bucket, transport: transport, now: now)
            return ResourceKeys(target: target, client: controller, probe: probe)
        case .secret(let target):
            let secret = try secret(target.id, at: target.url, token)
            return SecretVersions(target: target, secret: secret, grant: grant)
        case .rootKey(let target):
            let role = "the role Manager on the Key Protect instance"
            return RootKey(
                target: target,
                client: client("Key Protect", at: try Self.url(target.url), role: role, token)
            )
        case .certificate(let name):
            throw ConfigurationError(
                "the certificate \(name) is renewed by the metadata service, not by an issuer of keys"
            )
        }
    }

    func secret(
        _ id: String,
        at url: String,
        _ token: @escaping BearerSource
    ) throws(ConfigurationError) -> SecretClient {
        let role = "the role Writer on the Secrets Manager instance"
        return SecretClient(id: id, client: client("Secrets Manager", at: try Self.url(url), role: role, token))
    }

    private func client(
        _ name: String,
        at url: ServiceURL,
        role: String,
        _ token: @escaping BearerSource
    ) -> ServiceClient {
        ServiceClient(name, at: url, role: role, transport, token: token, now: now)
    }

    /// Keys are sent encrypted, or to this machine.
    static func url(_ text: String) throws(ConfigurationError) -> ServiceURL {
        guard let url = ServiceURL(text) else {
            throw ConfigurationError("\(text) is not a URL such as https://host, without user, query or fragment")
        }
        guard url.isEncrypted || url.isLoopback else {
            throw ConfigurationError(
                "\(url) must begin with https://: keys are sent encrypted only, or to this machine"
            )
        }
        return url
    }
}
