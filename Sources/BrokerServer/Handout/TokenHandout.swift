internal import AccessPolicy
internal import TokenBroker
internal import WorkloadAttestation

/// The long way to a token: attestation, decision, rate, and a wait for the exchange where that helps.
///
/// Every API asks here and tells the outcome in its own words.
struct TokenHandout: Sendable {
    let broker: TokenBroker
    let gate: Gate

    /// How long a request waits for a token: clients punish a quick error with a minute of silence (reference: IBM API,
    /// section 0.4 rule 5).
    private static let patience: Duration = .seconds(5)

    /// A token of `profile` for `peer`, with `minimumRemaining` seconds of life if the grant lets it wish for them.
    func token(
        of profile: ProfileName,
        minimumRemaining: Int = 0,
        for peer: any Peer
    ) async -> Result<ReleasedToken, HandoutRefusal> {
        let first: Gate.Admission
        switch await admission(peer, profile) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let admission): first = admission
        }
        // A policy only names profiles that exist; without one there is nothing to hand out.
        guard let lane = broker.lane(profile) else { return .failure(.notConfigured) }
        guard gate.audit.mayProceed else { return .failure(.auditUnavailable) }
        if let bucket = first.bucket, let wait = bucket.take(now: broker.time.now.boot) {
            return .failure(.tooOften(gate.exceeded(first), wait))
        }
        let minimum = Double(first.permit.minimumTTL(asked: minimumRemaining))
        let deadline = broker.time.now.boot + Self.patience
        var admission = first
        var outcome = await lane.token(admission.permit, minimumRemaining: minimum, deadline: deadline)
        // The wait was long enough for another policy, or for another program in the process.
        if !admission.stands(at: broker.time.now, generation: gate.policy.generation) || !peer.isUnchanged() {
            switch await self.admission(peer, profile) {
            case .failure(let refusal): return .failure(refusal)
            case .success(let second): admission = second
            }
            outcome = await lane.token(admission.permit, minimumRemaining: 0, deadline: broker.time.now.boot)
        }
        gate.decided(admission)
        switch outcome {
        case .success(let released):
            gate.released(released, admission.workload)
            return .success(released)
        case .failure(let refusal) where refusal.error.code == .locked:
            return .failure(.locked(refusal.error.message))
        case .failure(let refusal):
            return .failure(.noToken(refusal))
        }
    }

    /// How long a request waits for news: shorter than what proxies and clients take for a connection that has died.
    private static let newsPatience: Duration = .seconds(50)

    /// The token of `profile` that `peer` may have and that is another than the one that ends at `expiresAt`, once there is
    /// one; `nil` when there is none in time.
    func news(
        of profile: ProfileName,
        after expiresAt: Int,
        for peer: any Peer
    ) async -> Result<CachedToken?, HandoutRefusal> {
        let first: Gate.Admission
        switch await admission(peer, profile) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let admission): first = admission
        }
        guard let lane = broker.lane(profile) else { return .failure(.notConfigured) }
        guard gate.audit.mayProceed else { return .failure(.auditUnavailable) }
        if let bucket = first.bucket, let wait = bucket.take(now: broker.time.now.boot) {
            return .failure(.tooOften(gate.exceeded(first), wait))
        }
        let news = await lane.news(first.permit, after: expiresAt, deadline: broker.time.now.boot + Self.newsPatience)
        // The wait was long enough for another policy, or for another program in the process.
        var admission = first
        if !admission.stands(at: broker.time.now, generation: gate.policy.generation) || !peer.isUnchanged() {
            switch await self.admission(peer, profile) {
            case .failure(let refusal): return .failure(refusal)
            case .success(let second): admission = second
            }
        }
        gate.decided(admission)
        switch news {
        case .token(let token): return .success(token)
        case .none: return .success(nil)
        case .locked(let error): return .failure(.locked(error.message))
        }
    }

    /// The permission by the policy in force, of a process that is still the same.
    private func admission(
        _ peer: any Peer,
        _ profile: ProfileName
    ) async -> Result<Gate.Admission, HandoutRefusal> {
        let snapshot = gate.policy.current
        switch await gate.attest(peer, snapshot.policy.requiredFacts) {
        case .failure(let error): return .failure(.notAttested(error))
        case .success(let workload):
            switch gate.decide(workload, profile, by: snapshot) {
            case .admitted(let admission): return .success(admission)
            case .refused(let record):
                if case .rate = record.refusal { return .failure(.tooOften(record, .seconds(1))) }
                return .failure(.denied(record, workload))
            }
        }
    }
}

extension Gate {
    /// The workload behind `peer`, if it still is what was attested.
    func attest(_ peer: any Peer, _ facts: RequiredFacts) async -> Result<Workload, AttestationError> {
        do throws(AttestationError) {
            let workload = try await peer.workload(facts)
            guard peer.isUnchanged() else {
                return .failure(
                    AttestationError(
                        .executed,
                        "it runs another program than when it connected, or has ended; connect again"
                    )
                )
            }
            return .success(workload)
        } catch {
            return .failure(error)
        }
    }
}
