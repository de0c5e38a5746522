internal import FoundationEssentials
internal import JOSE

/// The VPC Identity API: identity tokens, and IAM tokens for them.
struct IdentityService {
    let instance: SimulatedInstance
    let keys: KeyRing
    let now: Date
    let fault: Fault?

    /// `PUT …/token`.
    func identityToken(_ request: SimulatorRequest, _ family: Route.PathFamily) throws -> SimulatorAnswer {
        guard request.method == "PUT" else { throw VPCError.notFound }
        try VersionRule(request.query).check(family)
        try checkFlavor(request, isRequired: true)
        var body = try IdentityTokenRequest(request)
        let faults = fault?.token ?? []
        if faults.contains(.wrongNonce) { body.nonce = IdentityClaims.wrongNonce }
        let life = TokenLife(now: now, lifetime: body.lifetime, isExpired: faults.contains(.expired))
        let claims = IdentityClaims(instance: instance, life: life, nonce: body.nonce, faults: faults).document
        let token = try keys.identityToken(claims, faults: faults)
        return answer(tokenDocument(token, life, family).adding("nonce", body.nonce.map(JSONOutput.string)))
    }

    /// `POST …/iam_tokens` and `POST …/iam_token`.
    func iamToken(_ request: SimulatorRequest, _ family: Route.PathFamily) throws -> SimulatorAnswer {
        guard request.method == "POST" else { throw VPCError.notFound }
        try VersionRule(request.query).check(family)
        try checkFlavor(request, isRequired: false)
        try authenticate(request)
        let profile = try ProfileRequest(request).profile(of: instance)
        let faults = fault?.token ?? []
        let life = TokenLife(now: now, lifetime: instance.tokenLifetime, isExpired: faults.contains(.expired))
        let claims = IAMClaims(instance: instance, life: life, faults: faults)
            .document(profile: profile, resource: ComputeResource(instance))
        return answer(tokenDocument(try keys.iamToken(claims, faults: faults), life, family))
    }

    /// Demands an identity token of this simulator that has not expired.
    func authenticate(_ request: SimulatorRequest) throws {
        guard let token = request.bearer, try isIdentityToken(token) else { throw VPCError.unauthenticated }
    }

    /// Whether `token` is an identity token of this simulator that has not expired.
    func isIdentityToken(_ token: String) throws -> Bool {
        var expectations = TokenExpectations()
        expectations.issuer = IdentityClaims.issuer(in: instance.region)
        let keySet = try KeySet(parsing: #"{"keys":[\#(keys.identity.publicJWK())]}"#)
        switch TokenVerifier(expectations).verify(UnverifiedToken(compact: token), with: keySet, now: now) {
        case .accept: return true
        case .reject: return false
        }
    }

    /// Demands the header `Metadata-Flavor: ibm`, or that it is right if it is there.
    func checkFlavor(_ request: SimulatorRequest, isRequired: Bool) throws(VPCError) {
        var target = VPCError.Target(name: "Metadata-Flavor", type: .header)
        guard let flavor = request.headers["metadata-flavor"], !flavor.isEmpty else {
            guard isRequired else { return }
            throw .invalid("missing_value", "the Metadata-Flavor header is required", target)
        }
        target.value = flavor
        guard flavor == "ibm" else { throw .invalid("invalid_value", "Metadata-Flavor must be ibm", target) }
    }

    func answer(_ document: JSONOutput) -> SimulatorAnswer {
        let trace = UUID().uuidString.lowercased()
        return SimulatorAnswer(headers: [("X-Request-Id", trace)], document)
    }

    private func tokenDocument(_ token: String, _ life: TokenLife, _ family: Route.PathFamily) -> JSONOutput {
        [
            "access_token": .string(token),
            "created_at": .string(Self.time(life.issued, family)),
            "expires_at": .string(Self.time(life.expires, family)),
            "expires_in": .integer(life.lifetime),
        ]
    }

    /// The older family writes its times to the second, the newer one to the millisecond.
    static func time(_ date: Date, _ family: Route.PathFamily) -> String {
        let time = CivilTime(date)
        return family == .instanceIdentity ? time.rfc3339 : time.rfc3339WithMilliseconds
    }
}
