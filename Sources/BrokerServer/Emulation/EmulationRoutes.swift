internal import AccessPolicy
internal import BrokerAPI
internal import FoundationEssentials
internal import JOSE
internal import NIOHTTP1
package import TokenBroker
internal import WorkloadAttestation

/// IBM's own paths, for programs that know no broker: what they get is what policy grants them.
///
/// The identity token stays in the daemon. In its place a caller gets a session token of the broker's own, and each
/// call that carries it is judged by who makes it.
package struct EmulationRoutes: Sendable {
    let broker: TokenBroker
    let gate: Gate
    let sessions: SessionTokens
    let instance: InstanceAccess?
    let profiles: [TrustedProfile]
    let issuer: String
    /// The one profile that may be had; `nil`: all that policy grants.
    private var bound: ProfileName?

    /// - Parameters:
    ///   - broker: holds the tokens.
    ///   - gate: decides.
    ///   - instance: what may be read and signed of the instance; `nil` where there is none, as on Kubernetes.
    ///   - issuer: `iss` of IAM's tokens, for the discovery document.
    package init(broker: TokenBroker, gate: Gate, instance: InstanceAccess?, issuer: String) {
        (self.broker, self.gate, self.instance, self.issuer) = (broker, gate, instance, issuer)
        sessions = SessionTokens(time: broker.time)
        profiles = broker.profiles
    }

    /// The same for one profile alone: it is what a request that names none means, and one that names another is refused.
    ///
    /// It narrows what a caller may have and never widens it: policy decides as ever. `nil` binds to none.
    func bound(to profile: ProfileName?) -> EmulationRoutes {
        var routes = self
        routes.bound = profile
        return routes
    }

    /// The answer to a request for `path`, which passed the wall.
    func respond(to request: Request, at path: EmulationPath, from peer: any Peer) async -> Response {
        do throws(MetadataError) {
            switch path {
            case .sessionToken(let family): return try await sessionToken(request, family, peer)
            case .iamToken(let family): return try await iamToken(request, family, peer)
            case .certificates(let family): return try await certificate(request, family, peer)
            case .metadata(let path): return try await metadata(request, path, peer)
            case .iam: return await iamForm(request, peer)
            case .keys: return try await keySet(request)
            case .discovery: return try discovery(request)
            case .mistaken(let right): throw .notFound("there is no such path; you mean \(right)")
            case .unknown: throw .notFound("there is no such path")
            }
        } catch {
            return error.response
        }
    }

    // MARK: The VPC Identity API

    private func sessionToken(
        _ request: Request,
        _ family: EmulationPath.Family,
        _ peer: any Peer
    ) async throws(MetadataError) -> Response {
        guard request.method == .PUT else { throw .methodNotAllowed("PUT") }
        try VersionQuery(request.query).check(family, successor: "PUT /identity/v1/token")
        if let error = Wall.flavorError(request) { throw error }
        let body = try SessionRequest(request.body)
        let workload = try await attested(peer)
        guard let token = try? sessions.token(for: workload, lifetime: body.lifetime) else {
            throw MetadataError(status: 500, code: "service_error", message: "no session token could be made")
        }
        let now = broker.time.now.wall
        let end = now.addingTimeInterval(Double(body.lifetime))
        return Response(TokenDocument(token, from: now, to: end, nonce: body.nonce), keys: .convertToSnakeCase)
    }

    private func iamToken(
        _ request: Request,
        _ family: EmulationPath.Family,
        _ peer: any Peer
    ) async throws(MetadataError) -> Response {
        guard request.method == .POST else { throw .methodNotAllowed("POST") }
        try VersionQuery(request.query).check(family, successor: "POST /identity/v1/iam_tokens")
        // Not demanded here, as IBM does not; another value is a mistake.
        if request.headers.contains(name: "metadata-flavor"), let error = Wall.flavorError(request) { throw error }
        _ = try await authenticated(request, peer)
        switch await token(try ProfileSelection(request.body), peer) {
        case .success(let released):
            return Response(TokenDocument(released, now: broker.time.now.wall), keys: .convertToSnakeCase)
        case .failure(let refusal):
            throw MetadataError(refusal, peer, gate)
        }
    }

    /// The workload of a caller whose session token is its own.
    func authenticated(_ request: Request, _ peer: any Peer) async throws(MetadataError) -> Workload {
        let fields = request.headers["authorization"]
        let scheme = "bearer "
        guard fields.count == 1, let field = fields.first, field.lowercased().hasPrefix(scheme) else {
            throw .unauthenticated("send Authorization: Bearer with the token of PUT /identity/v1/token")
        }
        let workload = try await attested(peer)
        guard (try? sessions.accepts(String(field.dropFirst(scheme.count)), from: workload)) == true else {
            throw .unauthenticated(
                "the token is not one of this broker for this workload, or has expired; get another one"
            )
        }
        return workload
    }

    private func attested(_ peer: any Peer) async throws(MetadataError) -> Workload {
        switch await attestation(peer) {
        case .success(let workload): return workload
        case .failure(let error): throw MetadataError(notAttested: error, peer, gate)
        }
    }

    private func attestation(_ peer: any Peer) async -> Result<Workload, AttestationError> {
        await gate.attest(peer, gate.policy.current.policy.requiredFacts)
    }

    // MARK: Tokens

    /// A token of the profile that is meant.
    private func token(
        _ selection: ProfileSelection,
        _ peer: any Peer
    ) async -> Result<ReleasedToken, EmulationRefusal> {
        if let bound { return await token(selection, boundTo: bound, peer) }
        let candidates = selection.candidates(among: profiles)
        guard let first = candidates.first else { return .failure(.unknown(selection)) }
        var name = first
        if candidates.count > 1, case .success(let workload) = await attestation(peer) {
            // One profile of IBM's under several names of ours: the one that is granted is meant.
            let granted = gate.policy.current.policy.profiles(for: workload, at: broker.time.now.wall)
            name = candidates.first(where: granted.contains) ?? first
        }
        return await TokenHandout(broker: broker, gate: gate).token(of: name, for: peer)
            .mapError { .refused(name, $0) }
    }

    /// A token of `bound`, if that is what is meant.
    ///
    /// What the profile is called at IBM counts no less than its ID, and no other profile is looked at.
    private func token(
        _ selection: ProfileSelection,
        boundTo bound: ProfileName,
        _ peer: any Peer
    ) async -> Result<ReleasedToken, EmulationRefusal> {
        guard
            selection == .instanceDefault || !selection.candidates(among: profiles.filter { $0.name == bound }).isEmpty
        else { return .failure(.otherProfile(bound, selection)) }
        return await TokenHandout(broker: broker, gate: gate).token(of: bound, for: peer)
            .mapError { .refused(bound, $0) }
    }

    private func iamForm(_ request: Request, _ peer: any Peer) async -> Response {
        do throws(IAMError) {
            guard request.method == .POST else { throw .methodNotAllowed }
            guard Self.isForm(request) else { throw .malformed("Send the body as application/x-www-form-urlencoded.") }
            let form = try IAMTokenForm(request.body)
            switch await token(form.selection, peer) {
            case .success(let released): return Response(IAMTokenDocument(released), keys: .convertToSnakeCase)
            case .failure(let refusal): throw IAMError(refusal, isAPIKey: form.isAPIKey, peer, gate)
            }
        } catch {
            return error.response
        }
    }

    // As all of IBM's SDKs send it.
    private static func isForm(_ request: Request) -> Bool {
        let types = request.headers["content-type"]
        guard types.count == 1, let type = types[0].split(separator: ";", maxSplits: 1).first else { return false }
        return type.filter { $0 != " " && $0 != "\t" }.lowercased() == "application/x-www-form-urlencoded"
    }

    // MARK: Keys and discovery

    private func keySet(_ request: Request) async throws(MetadataError) -> Response {
        guard request.method == .GET else { throw .methodNotAllowed("GET") }
        guard let keys = await broker.cachedKeys else {
            throw .unavailable("no key set has been fetched yet", retryAfter: 5)
        }
        return Response(body: keys.source)
    }

    private func discovery(_ request: Request) throws(MetadataError) -> Response {
        guard request.method == .GET else { throw .methodNotAllowed("GET") }
        // The wall let only the broker's own names through; a Unix socket has none.
        let host = request.headers.first(name: "host").flatMap { Self.isAuthority($0) ? $0 : nil } ?? "localhost"
        let place = bound.map { "\(BrokerPath.bound)/\($0)" } ?? ""
        return Response(DiscoveryDocument(issuer: issuer, base: "http://\(host)\(place)"), keys: .convertToSnakeCase)
    }

    private static func isAuthority(_ text: String) -> Bool {
        text.utf8.count <= 255 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".:-[]".contains($0)) }
    }
}
