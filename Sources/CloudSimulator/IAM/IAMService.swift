internal import FoundationEssentials
internal import JOSE

/// The IAM token API: grants, the key set and discovery.
struct IAMService {
    let identity: IdentityService
    private var instance: SimulatedInstance { identity.instance }
    private var faults: Set<TokenFault> { identity.fault?.token ?? [] }

    init(_ identity: IdentityService) {
        self.identity = identity
    }

    /// `POST /identity/token`, and its old spelling `/oidc/token`.
    ///
    /// `exchange` says whose API key a value is, and counts its use; `nil` for a value that opens nothing.
    func token(_ request: SimulatorRequest, exchange: (String) -> ServiceIDKey?) throws -> SimulatorAnswer {
        guard request.method == "POST" else { throw IAMError.methodNotAllowed }
        let form = Self.form(of: request)
        let name = try Self.required("grant_type", in: form)
        guard let grant = GrantType(rawValue: name) else {
            var error = IAMError.missing("grant_type")
            error.details = "The simulator plays the grants cr-token and apikey only."
            throw error
        }
        switch grant {
        case .computeResource: return try computeResourceToken(request, form)
        case .apiKey: return try apiKeyToken(request, form, exchange)
        }
    }

    /// `GET /identity/keys`.
    func keySet(_ request: SimulatorRequest) throws -> SimulatorAnswer {
        guard request.method == "GET" else { throw IAMError.methodNotAllowed }
        let keys = try identity.keys.published.map { key in try key.publicJWK() }
        return SimulatorAnswer(["keys": .array(keys.map(JSONOutput.verbatim))])
    }

    /// `GET /identity/.well-known/openid-configuration`; the endpoints are those of this simulator.
    func discovery(_ request: SimulatorRequest, scheme: String) throws -> SimulatorAnswer {
        guard request.method == "GET" else { throw IAMError.methodNotAllowed }
        let base = "\(scheme)://\(request.headers["host"] ?? "127.0.0.1")/identity"
        let scopes = ["openid", "email", "profile", "ibm", "roles", "containers-kubernetes", "containers-openshift"]
        // cr-token is not in IBM's list either.
        let grants =
            ["authorization_code", "refresh_token", "password", "implicit"]
            + ["apikey", "delegated-refresh-token", "iam-authz"].map { "urn:ibm:params:oauth:grant-type:\($0)" }
        return SimulatorAnswer([
            "issuer": .string(instance.issuer),
            "authorization_endpoint": .string("\(base)/authorize"),
            "token_endpoint": .string("\(base)/token"),
            "passcode_endpoint": .string("\(base)/passcode"),
            "jwks_uri": .string("\(base)/keys"),
            "scopes_supported": .array(scopes.map(JSONOutput.string)),
            "grant_types_supported": .array(grants.map(JSONOutput.string)),
        ])
    }

    private func computeResourceToken(_ request: SimulatorRequest, _ form: [FormField]) throws -> SimulatorAnswer {
        // SDKs send the newline at the end of the token file along.
        let token = try Self.required("cr_token", in: form).trimmed
        let resource = try computeResource(presenting: token)
        let profile = try profile(form, for: resource)
        let (life, claims) = newToken(request)
        let document = claims.document(profile: profile, resource: resource)
        return try answer(document, life)
    }

    private func apiKeyToken(
        _ request: SimulatorRequest,
        _ form: [FormField],
        _ exchange: (String) -> ServiceIDKey?
    ) throws -> SimulatorAnswer {
        let key = try Self.required("apikey", in: form).trimmed
        guard let serviceID = exchange(key) else { throw IAMError.apiKeyNotFound }
        let (life, claims) = newToken(request)
        return try answer(claims.document(serviceID: serviceID), life, refreshToken: "not_supported")
    }

    private func computeResource(presenting token: String) throws -> ComputeResource {
        if let account = instance.serviceAccountTokens.first(where: { $0.token.exposed.trimmed == token }) {
            return ComputeResource(account)
        }
        guard token.split(separator: ".", omittingEmptySubsequences: false).count == 3 else {
            throw IAMError.malformedToken
        }
        guard try identity.isIdentityToken(token) else { throw IAMError.invalidToken }
        return ComputeResource(instance)
    }

    private func profile(_ form: [FormField], for resource: ComputeResource) throws -> TrustedProfile {
        let profile: TrustedProfile?
        let asked: String
        if let id = form["profile_id"], !id.isEmpty {
            (profile, asked) = (instance.profiles.first { $0.id == id }, id)
        } else if let crn = form["profile_crn"], !crn.isEmpty {
            (profile, asked) = (instance.profiles.first { $0.crn(in: instance.account) == crn }, crn)
        } else {
            let name = try Self.required("profile_name", in: form, as: "profile_id")
            (profile, asked) = (instance.profiles.first { $0.name == name }, name)
        }
        guard let profile, profile.isLinked else {
            let named = profile.map { "iam-\($0.id)" } ?? asked
            throw IAMError.profileNotEligible(named, for: resource.name)
        }
        return profile
    }

    private func newToken(_ request: SimulatorRequest) -> (TokenLife, IAMClaims) {
        let isExpired = faults.contains(.expired)
        let life = TokenLife(now: identity.now, lifetime: instance.tokenLifetime, isExpired: isExpired)
        // IBM's own tools authenticate as bx:bx.
        let client = request.headers["authorization"] == "Basic Yng6Yng=" ? "bx" : "default"
        return (life, IAMClaims(instance: instance, life: life, faults: faults, client: client))
    }

    private func answer(
        _ claims: JSONOutput,
        _ life: TokenLife,
        refreshToken: JSONOutput? = nil
    ) throws -> SimulatorAnswer {
        let token = try identity.keys.iamToken(claims, faults: faults)
        let document = JSONOutput.object([("access_token", .string(token))])
            .adding("refresh_token", refreshToken)
            .adding("token_type", "Bearer")
            .adding("expires_in", .integer(life.lifetime))
            .adding("expiration", .integer(life.expiresAt))
            .adding("scope", "ibm openid")
        return SimulatorAnswer(document)
    }

    /// The form in the body; a chunked body has been seen to count as none, and only forms are read.
    private static func form(of request: SimulatorRequest) -> [FormField] {
        let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
        guard type == "application/x-www-form-urlencoded", request.headers["transfer-encoding"] == nil else {
            return []
        }
        return FormField.parse(Substring(String(decoding: request.body, as: UTF8.self)))
    }

    private static func required(
        _ name: String,
        in form: [FormField],
        as property: String? = nil
    ) throws(IAMError) -> String {
        guard let value = form[name], !value.trimmed.isEmpty else { throw .missing(property ?? name) }
        return value
    }
}

extension String {
    /// The text without white space at its ends.
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
