internal import AccessPolicy
internal import AuditChain
internal import FoundationEssentials
internal import TokenBroker

extension AuditEntry {
    /// The line for this entry, all but its end.
    func line(sequence: Int) -> LineText {
        var line = LineText(sequence: sequence, time: time, event: name)
        switch content {
        case .event(let event):
            line.add(event)
        case .lost(let count):
            line.add("count", count)
        case .recovered(let hash, let bytes):
            line.add("broken_bytes", bytes)
            line.add("after", hash)
        case .removed(let file):
            line.add("file", file)
        case .newChain(let reason, let folder):
            line.add("reason", reason)
            line.add("moved_to", folder)
        }
        return line
    }

    private var name: String {
        switch content {
        case .event(let event): event.name
        case .lost: ChainedLine.lost
        case .recovered: ChainedLine.recovered
        case .removed: ChainedLine.removed
        case .newChain: "new_chain"
        }
    }
}

extension AuditEvent {
    /// What `event` of the line is.
    fileprivate var name: String {
        switch self {
        case .decided: "decision"
        case .resourceDecided: "resource_decision"
        case .notAttested: "not_attested"
        case .released: "release"
        case .tokenObtained: "token_obtained"
        case .tokenTakenOver: "token_taken_over"
        case .tokenRejected: "token_rejected"
        case .acquisitionFailed: "acquisition_failed"
        case .tokenDropped: "token_dropped"
        case .certificateObtained: "certificate_obtained"
        case .certificateFailed: "certificate_failed"
        case .sinkWritten: "sink_written"
        case .sinkRemoved: "sink_removed"
        case .sinkFailed: "sink_failed"
        case .rotation: "rotation"
        case .policyLoaded: "policy_loaded"
        case .policyRefused: "policy_refused"
        case .locked: "locked"
        case .unlocked: "unlocked"
        case .started: "started"
        case .stopped: "stopped"
        }
    }
}

extension LineText {
    fileprivate mutating func add(_ event: AuditEvent) {
        switch event {
        case .decided(let decision):
            add(decision.outcome, of: decision.workload, on: ("profile", decision.profile.rawValue), id: decision.id)
        case .resourceDecided(let decision):
            add(decision.outcome, of: decision.workload, on: ("resource", "\(decision.resource)"), id: decision.id)
        case .notAttested(let id, let userID, let processID, let reason):
            add("decision", id)
            add("pid", processID)
            add("uid", userID)
            add("reason", reason)
        case .released(let release):
            add(release.workload)
            add("profile", release.profile.rawValue)
            add("grant", release.grant)
            add(release.token)
        case .tokenObtained(let profile, let token):
            add("profile", profile.rawValue)
            add(token)
        case .tokenTakenOver(let profile, let token, let obtainedAt):
            add("profile", profile.rawValue)
            add("obtained", AuditTime(secondsSince1970: obtainedAt.timeIntervalSince1970).text)
            add(token)
        case .tokenRejected(let profile, let rejection):
            add("profile", profile.rawValue)
            add("reason", "\(rejection)")
        case .acquisitionFailed(let profile, let error):
            add("profile", profile.rawValue)
            add("code", error.code.rawValue)
            add("reason", error.message)
        case .tokenDropped(let profile):
            add("profile", profile.rawValue)
        case .certificateObtained(let name, let serial, let expiresAt):
            add("certificate", name)
            add("serial", serial)
            add("expires", AuditTime(secondsSince1970: expiresAt.timeIntervalSince1970).text)
        case .certificateFailed(let name, let reason):
            add("certificate", name)
            add("reason", reason)
        case .sinkWritten(let sink):
            add("sink", sink.name)
            add("profile", sink.profile.rawValue)
            add("grant", sink.grant)
            add(sink.token)
        case .sinkRemoved(let name, let reason), .sinkFailed(let name, let reason):
            add("sink", name)
            add("reason", reason)
        case .rotation(let step):
            add("plan", step.plan)
            add("rotation", step.rotation)
            add("step", step.kind)
            add("detail", step.detail)
        case .policyLoaded(let generation):
            add("generation", generation)
        case .policyRefused(let message):
            add("reason", message)
        case .locked(let profile, let user), .unlocked(let profile, let user):
            // Without a profile it is about all of them.
            add("profile", profile?.rawValue)
            add("by", user)
        case .started(let version):
            add("version", version)
        case .stopped:
            break
        }
    }

    private mutating func add(
        _ outcome: AuditedDecision.Outcome,
        of workload: Workload,
        on subject: (name: StaticString, value: String),
        id: String?
    ) {
        var (grant, reason): (String?, String?) = (nil, nil)
        switch outcome {
        case .permitted(let name):
            add("outcome", "permitted")
            grant = name
        case .denied(let why):
            add("outcome", "denied")
            reason = why
        case .observed(let name, let why):
            add("outcome", "observed")
            (grant, reason) = (name, why)
        case .limited(let name):
            add("outcome", "limited")
            grant = name
        }
        add(workload)
        add(subject.name, subject.value)
        add("grant", grant)
        add("reason", reason)
        add("decision", id)
    }

    private mutating func add(_ token: AuditedToken) {
        add("jti", token.tokenID)
        add("token_sha256", token.fingerprint)
        add("expires", AuditTime(secondsSince1970: token.expiresAt.timeIntervalSince1970).text)
    }

    /// What is known of the workload, and nothing else.
    private mutating func add(_ workload: Workload) {
        add(
            "workload",
            members: { line in
                if workload.processID > 0 { line.add("pid", workload.processID) }
                line.add("uid", workload.userID)
                if let group = workload.groupID.value { line.add("gid", group) }
                line.add("executable", workload.executable.value)
                line.add("sha256", workload.sha256.value)
                line.add("unit", workload.unit.value)
                line.add("invocation", workload.invocation.value)
                line.add("container", workload.container.value)
                line.add("pod", workload.pod.value)
                if let user = workload.loginUserID.value { line.add("login_uid", user) }
                line.add("label", workload.label.value)
            }
        )
    }
}
