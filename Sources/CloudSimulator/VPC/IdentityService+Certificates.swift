internal import FoundationEssentials

extension IdentityService {
    /// `POST …/certificates`: certifies a key as the instance's, with `authority`.
    func certificates(
        _ request: SimulatorRequest,
        _ family: Route.PathFamily,
        _ authority: CertificateAuthority
    ) throws -> SimulatorAnswer {
        guard request.method == "POST" else { throw VPCError.notFound }
        try VersionRule(request.query).check(family)
        try checkFlavor(request, isRequired: false)
        try authenticate(request)
        let body = try CertificateRequest(request)
        let faults = fault?.certificate ?? []
        // A certificate knows no fractions of a second, and the answer agrees with it.
        let second = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let life = TokenLife(now: second, lifetime: body.lifetime, isExpired: faults.contains(.expired))
        let chain = try authority.chain(for: body.signingRequest, instance: instance.id, life, faults: faults)
        return answer([
            "certificates": .array(chain.map(JSONOutput.string)),
            "created_at": .string(Self.time(life.issued, family)),
            "expires_at": .string(Self.time(life.expires, family)),
            "expires_in": .integer(life.lifetime),
            "id": .string(UUID().uuidString.lowercased()),
        ])
    }
}
