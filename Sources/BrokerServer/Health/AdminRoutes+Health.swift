internal import AccessPolicy
internal import BrokerAPI
internal import NIOHTTP1
internal import TokenBroker

/// Whether the daemon is alive, and whether it can serve.
extension AdminRoutes {
    /// All that health is a function of, now.
    var healthState: HealthState {
        var state = HealthState()
        let isLockedWithAll = broker.lockOfAll != nil
        let profiles = Dictionary(broker.profiles.map { ($0.name, $0) }) { first, _ in first }
        state.profiles = broker.status.compactMap { status in
            profiles[status.profile].map { .init($0, status, isLockedWithAll: isLockedWithAll) }
        }
        state.audit = auditStatus().map { HealthState.Audit($0, isRequired: vitals.isAuditRequired) }
        let snapshot = gate.policy.current
        state.policy.generation = snapshot.generation
        state.policy.grants = snapshot.policy.grants.count
        state.policy.refusal = gate.policy.lastRefusal
        (state.listeners, state.eventLoops) = (vitals.listeners(), vitals.eventLoops())
        state.upkeep =
            (sinks() ?? []).map(HealthState.Upkeep.init) + (certificates() ?? []).map(HealthState.Upkeep.init)
            + vitals.rotations().map(HealthState.Upkeep.init)
        return state
    }

    /// `GET /livez` and `GET /readyz`.
    func health(_ health: Health, _ request: Request, bad word: String) -> Response {
        let isJSON: Bool
        switch request.query {
        case "": isJSON = request.headers[canonicalForm: "accept"].contains { $0.lowercased() == "application/json" }
        case "format=json": isJSON = true
        case "format=text": isJSON = false
        default: return Response(.badRequest, "the only parameter is format=json or format=text")
        }
        let answer = HealthResponse(health)
        let status = health.verdict == .failing ? 503 : 200
        if isJSON { return Response(status: status, answer) }
        var lines = [health.verdict == .failing ? word : "ok"]
        lines += answer.findings.map { "\($0.severity): \($0.about): \($0.message)" }
        var response = Response(status: status, body: Array((lines.joined(separator: "\n") + "\n").utf8))
        response.contentType = "text/plain; charset=utf-8"
        return response
    }
}

extension HealthResponse {
    /// Health for the wire; nothing that looks like a token is in it, whoever put it there.
    init(_ health: Health) {
        self.init(
            status: health.verdict.rawValue,
            findings: health.findings.map { finding in
                Finding(
                    severity: finding.severity.rawValue,
                    subject: finding.subject.rawValue,
                    name: finding.name.isEmpty ? nil : finding.name,
                    message: VisibleText.escaping(TokenMask.masking(finding.message)),
                    commands: finding.commands
                )
            }
        )
    }
}

extension HealthState.Audit {
    fileprivate init(_ status: StatusResponse.Audit, isRequired: Bool) {
        self.init(file: status.file)
        (isFailing, error) = (status.isFailing, status.lastError)
        self.isRequired = isRequired
    }
}

extension HealthState.Upkeep {
    fileprivate init(_ sink: StatusResponse.Sink) {
        // A lock is the operator's will, and the profile tells of it.
        let isWell = ["written", "locked"].contains(sink.state)
        self.init(kind: .sink, name: sink.name, trouble: isWell ? "" : sink.state, error: sink.lastError)
    }

    fileprivate init(_ certificate: StatusResponse.Certificate) {
        let isWell = certificate.state == "fresh"
        let (state, error) = (certificate.state, certificate.lastError)
        self.init(kind: .certificate, name: certificate.name, trouble: isWell ? "" : state, error: error)
    }

    fileprivate init(_ plan: RotationsResponse.Plan) {
        let isTroubled = ["halted", "unknown"].contains(plan.state)
        self.init(kind: .rotation, name: plan.name, trouble: isTroubled ? plan.state : "", error: plan.reason)
    }
}
