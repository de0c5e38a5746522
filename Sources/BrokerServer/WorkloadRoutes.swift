internal import AccessPolicy
internal import BrokerAPI
internal import FoundationEssentials
internal import JOSE
internal import NIOHTTP1
internal import TokenBroker

/// What workloads may ask for.
struct WorkloadRoutes: Sendable {
    let broker: TokenBroker
    let policy: Policy
    let denials: DenialLog

    /// How long a request waits for a token: clients punish a quick error with a minute of silence (reference: IBM API,
    /// section 0.4 rule 5).
    private static let patience: Duration = .seconds(5)

    func respond(to request: Request, from workload: Workload) async -> Response {
        switch (request.path, request.method) {
        case (BrokerPath.token, .GET): await token(request.query, workload)
        case (BrokerPath.profiles, .GET): profiles(workload)
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

    private func token(_ query: String, _ workload: Workload) async -> Response {
        let parameters: TokenQuery
        do {
            parameters = try TokenQuery(parsing: query)
        } catch {
            return Response(.badRequest, error.message)
        }
        let permit: Permit
        switch policy.decide(workload, parameters.profile) {
        case .permit(let granted): permit = granted
        case .deny(let reason): return denial(reason, workload, parameters.profile)
        }
        guard let lane = broker.lane(parameters.profile) else {
            return denial(.nobodyMay, workload, parameters.profile)
        }
        let deadline = broker.time.now.boot + Self.patience
        switch await lane.token(permit, minimumRemaining: Double(parameters.minimumRemaining), deadline: deadline) {
        case .success(let released):
            return Response(body: TokenBody.bytes(released))
        case .failure(let refusal):
            let message = "no token for profile \(parameters.profile): \(refusal.error.message)"
            var response = Response(.unavailable, message)
            response.retryAfter = max(1, Int(refusal.retryAfter.seconds.rounded(.up)))
            return response
        }
    }

    private func denial(_ reason: DenialReason, _ workload: Workload, _ profile: ProfileName) -> Response {
        let decision = denials.record(reason, workload, profile)
        let message =
            "profile \(profile) is not for this process (uid \(workload.userID), pid \(workload.processID)): \(reason)"
        return Response(.denied, message, decision: decision)
    }

    private func profiles(_ workload: Workload) -> Response {
        Response(ProfilesResponse(profiles: policy.profiles(for: workload).map(\.rawValue)))
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
}

extension WorkloadRoutes {
    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}

extension Response {
    static func methodNotAllowed(allow: String) -> Response {
        var response = Response(.methodNotAllowed, "this path takes \(allow) only")
        response.allow = allow
        return response
    }
}
