internal import AccessPolicy
internal import BrokerAPI
internal import FoundationEssentials
internal import TokenBroker
internal import WorkloadAttestation

/// Tells operators why.
struct ExplainRoutes: Sendable {
    let gate: Gate
    let attestor: PeerAttestor

    /// `GET /v1/explain?pid=N&profile=NAME`: what a process would get if it connected and asked now.
    func explain(_ query: String) async -> Response {
        guard let (processID, profile) = Self.parameters(query) else {
            return Response(.badRequest, "the parameters are pid=N and profile=NAME, each once")
        }
        let snapshot = gate.policy.current
        do {
            // A little more than the policy asks for: an operator wants to know who that is.
            let facts = snapshot.policy.requiredFacts.union([.groups, .executable, .controlGroup])
            let workload = try await attestor.process(processID).workload(facts)
            let explanation = snapshot.policy.explain(workload, profile, at: gate.time.now.wall)
            return Response(ExplainResponse(explanation, policy: snapshot.generation))
        } catch {
            return Response(.notFound, "process \(processID) cannot be looked at: \(error)")
        }
    }

    /// `GET /v1/decisions/ID`.
    func decision(_ id: String) -> Response {
        guard let record = gate.decisions.record(id) else {
            return Response(
                .notFound,
                "no decision of this ID is known; they are kept for an hour, and not across a restart"
            )
        }
        let snapshot = gate.policy.snapshot(generation: record.generation) ?? gate.policy.current
        var response = ExplainResponse(
            decision: "deny",
            reason: record.refusal.code,
            message: record.refusal.description,
            profile: record.profile?.rawValue,
            policy: snapshot.generation
        )
        if let workload = record.workload, let profile = record.profile {
            let explanation = snapshot.policy.explain(workload, profile, at: record.firstAt)
            let details = ExplainResponse(explanation, policy: snapshot.generation)
            response.workload = details.workload
            response.denials = details.denials
            response.grants = details.grants
        }
        if record.profile == nil, let workload = record.workload { response.workload = workload.facts }
        if case .observed = record.refusal { response.decision = "observe" }
        if snapshot.generation != record.generation { response.decidedByPolicy = record.generation }
        response.id = record.id
        response.count = record.count
        response.firstAt = Int(record.firstAt.timeIntervalSince1970)
        response.lastAt = Int(record.lastAt.timeIntervalSince1970)
        return Response(response)
    }

    private static func parameters(_ query: String) -> (Int32, ProfileName)? {
        var processID: Int32?
        var profile: ProfileName?
        for parameter in query.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "pid" where processID == nil: processID = Int32(parts[1])
            case "profile" where profile == nil: profile = ProfileName(String(parts[1]))
            default: return nil
            }
        }
        guard let processID, processID > 0, let profile else { return nil }
        return (processID, profile)
    }
}
