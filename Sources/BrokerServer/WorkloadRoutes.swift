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

    /// How long a request waits for a token: clients punish a quick error with a minute of silence (reference: IBM API,
    /// section 0.4 rule 5).
    private static let patience: Duration = .seconds(5)

    func respond(to request: Request, from peer: any Peer) async -> Response {
        switch (request.path, request.method) {
        case (BrokerPath.token, .GET): await token(request.query, peer)
        case (BrokerPath.profiles, .GET): await profiles(peer)
        case (BrokerPath.verify, .POST): await verify(request.body)
        case (BrokerPath.token, _), (BrokerPath.profiles, _): Response.methodNotAllowed(allow: "GET")
        case (BrokerPath.verify, _): Response.methodNotAllowed(allow: "POST")
        default:
            Response(
                .notFound,
                "no such path; try GET \(BrokerPath.token)?profile=NAME, GET \(BrokerPath.profiles) or POST \(BrokerPath.verify)"
            )
        }
    }

    private func token(_ query: String, _ peer: any Peer) async -> Response {
        let parameters: TokenQuery
        do {
            parameters = try TokenQuery(parsing: query)
        } catch {
            return Response(.badRequest, error.message)
        }
        switch await admission(peer, parameters.profile) {
        case .failure(let refusal): return refusal.response
        case .success(let admission): return await token(parameters, admission, peer)
        }
    }

    /// The permission by the policy in force, of a process that is still the same.
    private func admission(_ peer: any Peer, _ profile: ProfileName) async -> Result<Gate.Admission, Refused> {
        let snapshot = gate.policy.current
        switch await attest(peer, snapshot.policy.requiredFacts) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let workload):
            switch gate.decide(workload, profile, by: snapshot) {
            case .admitted(let admission): return .success(admission)
            case .refused(let record): return .failure(Refused(Self.denial(record, workload, profile)))
            }
        }
    }

    private func attest(_ peer: any Peer, _ facts: RequiredFacts) async -> Result<Workload, Refused> {
        do {
            let workload = try await peer.workload(facts)
            guard peer.isUnchanged() else {
                return .failure(Refused(notAttested: AttestationError(.executed, Self.changed), peer, gate))
            }
            return .success(workload)
        } catch {
            return .failure(Refused(notAttested: error, peer, gate))
        }
    }

    private func token(_ parameters: TokenQuery, _ first: Gate.Admission, _ peer: any Peer) async -> Response {
        let profile = parameters.profile
        guard let lane = broker.lane(profile) else {
            // A policy only names profiles that exist; without one there is nothing to hand out.
            return Response(.unavailable, "profile \(profile) is not configured")
        }
        guard gate.audit.mayProceed else { return .auditUnavailable }
        if let bucket = first.bucket, let wait = bucket.take(now: broker.time.now.boot) {
            return Self.tooOften(gate.exceeded(first), wait)
        }
        let minimum = Double(first.permit.minimumTTL(asked: parameters.minimumRemaining))
        let deadline = broker.time.now.boot + Self.patience
        var admission = first
        var outcome = await lane.token(admission.permit, minimumRemaining: minimum, deadline: deadline)
        // The wait was long enough for another policy, or for another program in the process.
        if !admission.stands(at: broker.time.now, generation: gate.policy.generation) || !peer.isUnchanged() {
            switch await self.admission(peer, profile) {
            case .failure(let refusal): return refusal.response
            case .success(let second): admission = second
            }
            outcome = await lane.token(admission.permit, minimumRemaining: 0, deadline: broker.time.now.boot)
        }
        gate.decided(admission)
        switch outcome {
        case .success(let released):
            gate.released(released, admission.workload)
            return Response(body: TokenBody.bytes(released))
        case .failure(let refusal) where refusal.error.code == .locked:
            return Response(.locked, refusal.error.message)
        case .failure(let refusal):
            return Self.unavailable(profile, refusal)
        }
    }

    private static func unavailable(_ profile: ProfileName, _ refusal: ProfileLane.Refusal) -> Response {
        var response = Response(.unavailable, "no token for profile \(profile): \(refusal.error.message)")
        response.retryAfter = max(1, Int(refusal.retryAfter.seconds.rounded(.up)))
        return response
    }

    private static func denial(_ record: DecisionRecord, _ workload: Workload, _ profile: ProfileName) -> Response {
        if case .rate = record.refusal { return tooOften(record, .seconds(1)) }
        let process = "uid \(workload.userID), pid \(workload.processID)"
        let message = "profile \(profile) is not for this process (\(process)): \(record.refusal)"
        return Response(.denied, message, decision: record.id)
    }

    private static func tooOften(_ record: DecisionRecord, _ wait: Duration) -> Response {
        let message = "too many requests: \(record.refusal); keep the token until it expires instead of asking again"
        var response = Response(.rateLimited, message, decision: record.id)
        response.retryAfter = max(1, Int(min(wait.seconds, 86_400).rounded(.up)))
        return response
    }

    private func profiles(_ peer: any Peer) async -> Response {
        let policy = gate.policy.current.policy
        switch await attest(peer, policy.requiredFacts) {
        case .success(let workload):
            let names = policy.profiles(for: workload, at: broker.time.now.wall)
            return Response(ProfilesResponse(profiles: names.map(\.rawValue)))
        case .failure(let refusal):
            return refusal.response
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

    private static let changed = "it runs another program than when it connected, or has ended; connect again"

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
