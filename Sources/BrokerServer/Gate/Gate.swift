internal import AccessPolicy
package import Logging
package import TokenBroker

/// What stands between a caller and a token: the policy in force, the rates, the audit log, and the record of refusals.
///
/// The hot path and the routes ask the same gate.
package final class Gate: Sendable {
    package let policy: PolicyInForce
    let audit: any AuditLog
    let decisions: DecisionRecords
    let time: any TimeSource
    package let activity: Activity
    /// Opens spans around what takes the long way.
    let spans: SpanSource
    private let rates = RateTable()
    private let refusalBudget = RefusalBudget()
    /// What one user may ask of the instance: each answer is a line of the audit log, and others' lines must stay.
    private let resourceBudget = RefusalBudget()
    private let log: DenialLog
    /// Of its own: what a web page makes a browser send must not push out the refusals of others.
    private let wallLog: DenialLog

    package init(
        policy: PolicyInForce,
        audit: any AuditLog,
        time: any TimeSource,
        activity: Activity,
        spans: SpanSource = .none,
        logger: Logger
    ) {
        self.policy = policy
        self.audit = audit
        self.time = time
        self.activity = activity
        self.spans = spans
        decisions = DecisionRecords(time: time)
        log = DenialLog(logger: logger, time: time)
        wallLog = DenialLog(logger: logger, time: time)
    }

    /// A permit, with what it takes to use it.
    ///
    /// It is a class so that the hot path counts one reference, not one for each fact about the workload.
    final class Admission: Sendable {
        let permit: Permit
        let workload: Workload
        /// `nil`: as often as the workload likes.
        let bucket: RateBucket?
        let generation: UInt64

        init(permit: Permit, workload: Workload, bucket: RateBucket?, generation: UInt64) {
            self.permit = permit
            self.workload = workload
            self.bucket = bucket
            self.generation = generation
        }

        /// Whether the decision still stands.
        func stands(at now: Moment, generation: UInt64) -> Bool {
            self.generation == generation && permit.holds(at: now.wall)
        }
    }

    enum Answer {
        case admitted(Admission)
        case refused(DecisionRecord)
    }

    /// The permission where there is one that needs no words; everything else is ``decide(_:_:)``'s.
    ///
    /// It is not recorded until ``decided(_:)`` says that it was used.
    func admitted(_ workload: Workload, _ profile: ProfileName) -> Admission? {
        let snapshot = policy.current
        let now = time.now
        guard case .permit(let permit) = snapshot.policy.decide(workload, profile, at: now.wall),
            permit.observed == nil
        else { return nil }
        return admission(permit, workload, snapshot, now: now)
    }

    /// Decides by `snapshot`, and records what is refused.
    ///
    /// A permission is not recorded until ``decided(_:)`` says that it was used.
    func decide(_ workload: Workload, _ profile: ProfileName, by snapshot: PolicySnapshot) -> Answer {
        let now = time.now
        let generation = snapshot.generation
        switch snapshot.policy.decide(workload, profile, at: now.wall) {
        case .deny(let reason):
            return .refused(refuse(.policy(reason), workload, profile, generation))
        case .permit(let permit):
            guard let admission = admission(permit, workload, snapshot, now: now) else {
                let refusal = Refusal.rate(grant: permit.grant, permit.rate ?? .standard)
                return .refused(refuse(refusal, workload, profile, generation))
            }
            return .admitted(admission)
        }
    }

    /// `nil` when there is no room for another rate.
    private func admission(
        _ permit: Permit,
        _ workload: Workload,
        _ snapshot: PolicySnapshot,
        now: Moment
    ) -> Admission? {
        var bucket: RateBucket?
        if let rate = permit.rate, !permit.isObserving {
            bucket = rates.bucket(for: permit, rate, workload, now: now.boot)
            guard bucket != nil else { return nil }
        }
        return Admission(permit: permit, workload: workload, bucket: bucket, generation: snapshot.generation)
    }

    /// Records a permission that is used, or that somebody only observes what would have been a refusal.
    func decided(_ admission: Admission) {
        let permit = admission.permit
        guard let observed = permit.observed else {
            record(.permitted(grant: permit.grant), id: nil, admission.workload, permit.profile)
            return
        }
        let refusal = Refusal.observed(grant: permit.grant, observed)
        _ = refuse(refusal, admission.workload, permit.profile, admission.generation)
    }

    /// Takes note that a permitted caller came too often.
    func exceeded(_ admission: Admission) -> DecisionRecord {
        let permit = admission.permit
        let refusal = Refusal.rate(grant: permit.grant, permit.rate ?? .standard)
        return refuse(refusal, admission.workload, permit.profile, admission.generation)
    }

    /// Takes note of a caller that could not be attested.
    func notAttested(_ reason: String, _ peer: any Peer) -> DecisionRecord {
        let (record, isDue) = decisions.note(
            .attestation(reason),
            workload: nil,
            userID: peer.userID,
            profile: nil,
            generation: policy.generation
        )
        log.write(record, userID: peer.userID)
        activity.refused(record.refusal.code, nil)
        if isDue, refusalBudget.allows(peer.userID, now: time.now.boot) {
            audit.record(
                .notAttested(id: record.id, userID: peer.userID, processID: peer.processID, reason: reason)
            )
        }
        return record
    }

    /// Takes note of a request that did not get through the wall.
    ///
    /// The log alone has it: no decision was made.
    func turnedAway(_ refusal: MetadataError, _ peer: any Peer) {
        wallLog.write(refusal, userID: peer.userID)
    }

    /// A token goes out.
    func released(_ released: ReleasedToken, _ workload: Workload) {
        audit.record(
            .released(
                AuditedRelease(
                    workload: workload,
                    profile: released.permit.profile,
                    grant: released.permit.grant,
                    token: released.cached.audited
                )
            )
        )
    }

    /// Whether `userID` may ask for something of the instance again.
    func mayAskForResource(_ userID: UInt32) -> Bool { resourceBudget.allows(userID, now: time.now.boot) }

    /// Decides about something of the instance, and records it.
    ///
    /// - Returns: the record of a refusal; `nil` when it is permitted.
    func decide(_ workload: Workload, _ resource: InstanceResource) -> DecisionRecord? {
        let snapshot = policy.current
        let reason: DenialReason
        switch snapshot.policy.decide(workload, resource, at: time.now.wall) {
        case .permit(let grant, let observed):
            let outcome: AuditedDecision.Outcome =
                if let observed {
                    .observed(grant: grant, wouldDeny: "\(observed)")
                } else {
                    .permitted(grant: grant)
                }
            audit.record(.resourceDecided(.init(workload: workload, resource: resource, outcome: outcome)))
            return nil
        case .deny(let why): reason = why
        }
        let (record, isDue) = decisions.note(
            .resource(resource, reason),
            workload: workload,
            userID: workload.userID,
            profile: nil,
            generation: snapshot.generation
        )
        log.write(record, userID: workload.userID)
        activity.refused(record.refusal.code, nil)
        if isDue, refusalBudget.allows(workload.userID, now: time.now.boot) {
            let outcome = Self.outcome(record.refusal)
            audit.record(
                .resourceDecided(.init(id: record.id, workload: workload, resource: resource, outcome: outcome))
            )
        }
        return record
    }

    /// Whether something may be part of an answer that is given in any case.
    ///
    /// What is left out is no refusal: nobody asked for it by name. What goes out is recorded.
    func mayInclude(_ resource: InstanceResource, for workload: Workload) -> Bool {
        guard case .permit = policy.current.policy.decide(workload, resource, at: time.now.wall) else { return false }
        return decide(workload, resource) == nil
    }

    private func refuse(
        _ refusal: Refusal,
        _ workload: Workload,
        _ profile: ProfileName,
        _ generation: UInt64
    ) -> DecisionRecord {
        let (entry, isDue) = decisions.note(
            refusal,
            workload: workload,
            userID: workload.userID,
            profile: profile,
            generation: generation
        )
        log.write(entry, userID: workload.userID)
        activity.refused(entry.refusal.code, profile)
        if isDue, refusalBudget.allows(workload.userID, now: time.now.boot) {
            record(Self.outcome(refusal), id: entry.id, workload, profile)
        }
        return entry
    }

    private static func outcome(_ refusal: Refusal) -> AuditedDecision.Outcome {
        switch refusal {
        case .policy, .attestation, .resource: .denied(reason: "\(refusal)")
        case .rate(let grant, _): .limited(grant: grant)
        case .observed(let grant, let reason): .observed(grant: grant, wouldDeny: "\(reason)")
        }
    }

    private func record(
        _ outcome: AuditedDecision.Outcome,
        id: String?,
        _ workload: Workload,
        _ profile: ProfileName
    ) {
        audit.record(.decided(AuditedDecision(id: id, workload: workload, profile: profile, outcome: outcome)))
    }
}
