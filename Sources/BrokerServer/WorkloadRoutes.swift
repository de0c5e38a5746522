internal import AccessPolicy
internal import BrokerAPI
internal import FoundationEssentials
internal import JOSE
internal import NIOHTTP1
internal import TokenBroker
internal import WorkloadAttestation

/// What workloads may ask for.
struct WorkloadRoutes: Sendable {
    let broker: TokenBroker
    let gate: Gate
    /// IBM's paths are served here, too.
    let emulation: EmulationRoutes

    func respond(to request: Request, from peer: any Peer) async -> Response {
        switch (request.path, request.method) {
        case (BrokerPath.token, .GET): await token(request.query, peer)
        case (BrokerPath.tokenWatch, .GET): await watch(request.query, peer)
        case (BrokerPath.profiles, .GET): await profiles(peer)
        case (BrokerPath.verify, .POST): await verify(request.body)
        case (BrokerPath.token, _), (BrokerPath.tokenWatch, _), (BrokerPath.profiles, _):
            Response.methodNotAllowed(allow: "GET")
        case (BrokerPath.verify, _): Response.methodNotAllowed(allow: "POST")
        default: await others(request, peer)
        }
    }

    private func others(_ request: Request, _ peer: any Peer) async -> Response {
        let (ibmPath, profile) = Self.bound(request.path) ?? (request.path, nil)
        guard let path = EmulationPath(ibmPath) else {
            return Response(
                .notFound,
                "no such path; try GET \(BrokerPath.token)?profile=NAME, GET \(BrokerPath.profiles) or POST \(BrokerPath.verify)"
            )
        }
        if let refusal = Wall(hosts: nil).refusal(of: request) {
            gate.turnedAway(refusal, peer)
            return refusal.response
        }
        return await emulation.bound(to: profile).respond(to: request, at: path, from: peer)
    }

    /// The parts of a path below ``BrokerPath/bound``; `nil` when it is none, or names what cannot be a profile.
    private static func bound(_ path: String) -> (ibmPath: String, profile: ProfileName?)? {
        let prefix = BrokerPath.bound + "/"
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.dropFirst(prefix.count)
        let name = rest.prefix { $0 != "/" }
        return ProfileName(String(name)).map { (String(rest.dropFirst(name.count)), $0) }
    }

    private func token(_ query: String, _ peer: any Peer) async -> Response {
        let parameters: TokenQuery
        do {
            parameters = try TokenQuery(parsing: query)
        } catch {
            return Response(.badRequest, error.message)
        }
        let profile = parameters.profile
        let handout = TokenHandout(broker: broker, gate: gate)
        let minimum = parameters.minimumRemaining
        switch await handout.token(of: profile, minimumRemaining: minimum, for: peer) {
        case .success(let released): return Response(body: TokenBody.bytes(released))
        case .failure(let refusal): return response(refusal, profile, peer)
        }
    }

    private func watch(_ query: String, _ peer: any Peer) async -> Response {
        let parameters: TokenQuery
        do {
            parameters = try TokenQuery(parsing: query, number: .after)
        } catch {
            return Response(.badRequest, error.message)
        }
        let profile = parameters.profile
        let handout = TokenHandout(broker: broker, gate: gate)
        switch await handout.news(of: profile, after: parameters.number, for: peer) {
        case .success(let token):
            let now = broker.time.now
            let remaining = token.map { Int($0.remaining(at: now)) }
            return Response(
                TokenNewsResponse(
                    profile: profile.rawValue,
                    changed: token != nil,
                    expiresAt: token?.endsAt,
                    expiresIn: remaining.map { max(0, $0) }
                )
            )
        case .failure(let refusal): return response(refusal, profile, peer)
        }
    }

    private func response(_ refusal: HandoutRefusal, _ profile: ProfileName, _ peer: any Peer) -> Response {
        switch refusal {
        case .notAttested(let error): return Refused(notAttested: error, peer, gate).response
        case .denied(let record, let workload):
            return Response(.denied, HandoutRefusal.denial(profile, record, workload), decision: record.id)
        case .tooOften(let record, let wait):
            var response = Response(.rateLimited, HandoutRefusal.excess(record), decision: record.id)
            response.retryAfter = HandoutRefusal.retryAfter(wait)
            return response
        case .locked(let message): return Response(.locked, message)
        case .notConfigured: return Response(.unavailable, "profile \(profile) is not configured")
        case .auditUnavailable: return .auditUnavailable
        case .noToken(let refusal):
            var response = Response(.unavailable, HandoutRefusal.absence(profile, refusal))
            response.retryAfter = HandoutRefusal.retryAfter(refusal.retryAfter)
            return response
        }
    }

    private func profiles(_ peer: any Peer) async -> Response {
        let policy = gate.policy.current.policy
        switch await gate.attest(peer, policy.requiredFacts) {
        case .success(let workload):
            let names = policy.profiles(for: workload, at: broker.time.now.wall)
            return Response(ProfilesResponse(profiles: names.map(\.rawValue)))
        case .failure(let error):
            return Refused(notAttested: error, peer, gate).response
        }
    }

    private func verify(_ body: [UInt8]) async -> Response {
        // A newline after the token is what `curl --data-binary @FILE` brings along.
        let trimmed = body.drop(while: Self.isSpace).reversed().drop(while: Self.isSpace).reversed()
        guard let text = String(validating: trimmed, as: UTF8.self) else {
            return Response(.badRequest, "the body must be a token")
        }
        let token = UnverifiedToken(compact: text)
        switch await broker.verify(token) {
        case .accept(let verified):
            // Claims of a token that the caller already holds; only its signature is secret, and that is not here.
            return Response(body: Array(#"{"claims":\#(verified.claims.root.text),"verdict":"accept"}"#.utf8))
        case .reject(let rejection):
            return Response(VerifyResponse(verdict: "reject", reason: rejection.description))
        case nil:
            var response = Response(.unavailable, "no key set has been fetched yet")
            response.retryAfter = 5
            return response
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
