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
        let outcome = await obtain(profile, minimumRemaining, peer)
        if case .failure(let refusal) = outcome { gate.activity.ended(HandoutOutcome(refusal), profile) }
        return outcome
    }

    private func obtain(
        _ profile: ProfileName,
        _ minimumRemaining: Int,
        _ peer: any Peer
    ) async -> Result<ReleasedToken, HandoutRefusal> {
        do throws(HandoutRefusal) {
            let (first, lane) = try await enter(peer, profile)
            let minimum = Double(first.permit.minimumTTL(asked: minimumRemaining))
            let deadline = broker.time.now.boot + Self.patience
            var outcome = await lane.token(first.permit, minimumRemaining: minimum, deadline: deadline)
            let admission = try await afterWait(first, peer, profile)
            if let admission {
                // By the permission that counts now, and without another wait.
                outcome = await lane.token(admission.permit, minimumRemaining: 0, deadline: broker.time.now.boot)
            }
            let last = admission ?? first
            gate.decided(last)
            switch outcome {
            case .success(let released):
                gate.released(released, last.workload)
                gate.activity.releases(of: profile, to: last.workload).add()
                return .success(released)
            case .failure(let refusal) where refusal.error.code == .locked:
                return .failure(.locked(refusal.error.message))
            case .failure(let refusal):
                return .failure(.noToken(refusal))
            }
        } catch {
            return .failure(error)
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
        do throws(HandoutRefusal) {
            let (first, lane) = try await enter(peer, profile)
            let deadline = broker.time.now.boot + Self.newsPatience
            let news = await lane.news(first.permit, after: expiresAt, deadline: deadline)
            gate.decided(try await afterWait(first, peer, profile) ?? first)
            switch news {
            case .token(let token): return .success(token)
            case .none: return .success(nil)
            case .locked(let error): return .failure(.locked(error.message))
            }
        } catch {
            return .failure(error)
        }
    }

    /// What comes before everything that costs something: permission, the profile's lane, the audit log, the rate.
    private func enter(
        _ peer: any Peer,
        _ profile: ProfileName
    ) async throws(HandoutRefusal) -> (Gate.Admission, ProfileLane) {
        let admission = try await admission(peer, profile).get()
        // A policy only names profiles that exist; without one there is nothing to hand out.
        guard let lane = broker.lane(profile) else { throw .notConfigured }
        guard gate.audit.mayProceed else { throw .auditUnavailable }
        if let bucket = admission.bucket, let wait = bucket.take(now: broker.time.now.boot) {
            throw .tooOften(gate.exceeded(admission), wait)
        }
        return (admission, lane)
    }

    /// The permission that counts after a wait: it was long enough for another policy, or for another program in the process.
    ///
    /// - Returns: `nil` when `first` still stands.
    private func afterWait(
        _ first: Gate.Admission,
        _ peer: any Peer,
        _ profile: ProfileName
    ) async throws(HandoutRefusal) -> Gate.Admission? {
        if first.stands(at: broker.time.now, generation: gate.policy.generation), peer.isUnchanged() { return nil }
        return try await admission(peer, profile).get()
    }

    /// The permission by the policy in force, of a process that is still the same.
    private func admission(
        _ peer: any Peer,
        _ profile: ProfileName
    ) async -> Result<Gate.Admission, HandoutRefusal> {
        await gate.spans.span("policy decision") { note in
            note.set("iam_broker.profile", profile.rawValue)
            let admission = await decide(peer, profile)
            let (outcome, decision): (String, String?) =
                switch admission {
                case .success: ("permitted", nil)
                case .failure(.denied(let record, _)): ("denied", record.id)
                case .failure(.tooOften(let record, _)): ("rate_limited", record.id)
                case .failure: ("not_attested", nil)
                }
            note.set("iam_broker.outcome", outcome)
            if let decision { note.set("iam_broker.decision", decision) }
            return admission
        }
    }

    private func decide(
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
