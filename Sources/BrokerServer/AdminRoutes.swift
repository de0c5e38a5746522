internal import AccessPolicy
package import BrokerAPI
internal import FoundationEssentials
internal import JOSE
package import Logging
internal import NIOHTTP1
package import TokenBroker
package import WorkloadAttestation

/// What operators may ask for.
///
/// Who may connect to the socket at all is up to its owner and mode.
package struct AdminRoutes: Sendable {
    let broker: TokenBroker
    let gate: Gate
    private let explain: ExplainRoutes
    let auditStatus: @Sendable () -> StatusResponse.Audit?
    let certificates: @Sendable () -> [StatusResponse.Certificate]?
    let sinks: @Sendable () -> [StatusResponse.Sink]?
    private let diagnosis: DiagnosisRoutes?
    private let rotations: RotationRoutes?
    let fleet: FleetRoutes?
    private let logLevel: LogLevelRoutes?
    private let metrics: (@Sendable (StatusResponse) -> String)?
    let vitals: Vitals
    private let recorder: ActivityRecorder?
    let page: PageSource?
    let logger: Logger

    private static let patience: Duration = .seconds(15)

    package init(
        broker: TokenBroker,
        gate: Gate,
        attestor: PeerAttestor,
        auditStatus: @escaping @Sendable () -> StatusResponse.Audit? = { nil },
        certificates: @escaping @Sendable () -> [StatusResponse.Certificate]? = { nil },
        sinks: @escaping @Sendable () -> [StatusResponse.Sink]? = { nil },
        diagnosis: DiagnosisRoutes? = nil,
        rotations: RotationRoutes? = nil,
        fleet: FleetRoutes? = nil,
        logLevel: LogLevelRoutes? = nil,
        metrics: (@Sendable (StatusResponse) -> String)? = nil,
        vitals: Vitals = Vitals(),
        recorder: ActivityRecorder? = nil,
        page: PageSource? = nil,
        logger: Logger
    ) {
        self.broker = broker
        self.gate = gate
        explain = ExplainRoutes(gate: gate, attestor: attestor)
        self.auditStatus = auditStatus
        self.certificates = certificates
        self.sinks = sinks
        self.diagnosis = diagnosis
        (self.rotations, self.fleet) = (rotations, fleet)
        self.logLevel = logLevel
        self.metrics = metrics
        (self.vitals, self.recorder, self.page) = (vitals, recorder, page)
        self.logger = logger
    }

    func respond(to request: Request, from peer: any Peer) async -> Response {
        switch (request.path, request.method) {
        case (BrokerPath.status, .GET): await status()
        case (BrokerPath.metrics, .GET): await metricsPage()
        case (BrokerPath.live, .GET): health(.liveness(of: healthState), request, bad: "not alive")
        case (BrokerPath.ready, .GET): health(.readiness(of: healthState), request, bad: "not ready")
        case (BrokerPath.page, .GET): await showPage(request.query)
        case (BrokerPath.activity, .GET):
            activity.map { Response($0) } ?? Response(.notFound, "this daemon does not count")
        case (BrokerPath.refresh, .POST): await refresh(request.query, peer)
        case (BrokerPath.lock, .POST): await lock(request.query, by: peer)
        case (BrokerPath.unlock, .POST): await unlock(request.query, by: peer)
        case (BrokerPath.explain, .GET): await explain.explain(request.query)
        case (let path, .GET) where path.hasPrefix(BrokerPath.decisions):
            explain.decision(String(path.dropFirst(BrokerPath.decisions.count)))
        case (BrokerPath.diagnosis, .GET): await diagnose(by: peer)
        case (let path, _) where path == BrokerPath.rotations || path.hasPrefix(BrokerPath.rotations + "/"):
            await rotations?.respond(to: request, from: peer)
                ?? Response(.notFound, "no plan is configured; see rotation in the configuration")
        case (let path, _) where path == BrokerPath.fleet || path.hasPrefix(BrokerPath.fleet + "/"):
            await fleet?.respond(to: request, from: peer)
                ?? Response(.notFound, "this machine is of no fleet; see etcd in the configuration")
        case (BrokerPath.logLevel, _):
            logLevel?.respond(to: request, from: peer) ?? Response(.notFound, "the level of this log cannot be changed")
        case (BrokerPath.status, _), (BrokerPath.explain, _), (BrokerPath.diagnosis, _), (BrokerPath.metrics, _),
            (BrokerPath.live, _), (BrokerPath.ready, _), (BrokerPath.activity, _), (BrokerPath.page, _):
            Response.methodNotAllowed(allow: "GET")
        case (BrokerPath.refresh, _), (BrokerPath.lock, _), (BrokerPath.unlock, _):
            Response.methodNotAllowed(allow: "POST")
        default:
            Response(
                .notFound,
                "no such path; try GET \(BrokerPath.status), or POST \(BrokerPath.refresh), \(BrokerPath.lock) or \(BrokerPath.unlock)"
            )
        }
    }

    private func diagnose(by peer: any Peer) async -> Response {
        guard let diagnosis else { return Response(.notFound, "this daemon does not diagnose") }
        logger.notice("Diagnosis demanded", metadata: ["workload.uid": "\(peer.userID)"])
        return await diagnosis.diagnose(gate.policy, auditStatus(), certificates() ?? [])
    }

    /// The metrics, as Prometheus reads them.
    func metricsPage() async -> Response {
        guard let metrics else { return Response(.notFound, "this daemon has no metrics") }
        var response = Response(body: Array(metrics(await statusNow).utf8))
        response.contentType = "text/plain; version=0.0.4; charset=utf-8"
        return response
    }

    /// What was handed out and refused.
    var activity: ActivityResponse? {
        recorder.map { ActivityResponse($0, gate.decisions, now: broker.time.now.wall) }
    }

    private func status() async -> Response { Response(await statusNow) }

    /// How everything is doing.
    var statusNow: StatusResponse {
        get async {
            let keyIDs = await broker.cachedKeys?.keyIDs ?? []
            let now = broker.time.now.wall
            let signingKeys = await broker.keySightings.map { Self.wire($0, now: now) }
            return StatusResponse(
                version: brokerVersion,
                profiles: broker.status.map(Self.wire),
                keyIDs: keyIDs,
                signingKeys: signingKeys,
                policy: StatusResponse.Policy(gate.policy),
                audit: auditStatus(),
                certificates: certificates(),
                sinks: sinks(),
                health: HealthResponse(.readiness(of: healthState)),
                page: vitals.page()
            )
        }
    }

    private static func wire(_ status: ProfileStatus) -> StatusResponse.Profile {
        StatusResponse.Profile(
            name: status.profile.rawValue,
            state: status.state.rawValue,
            expiresAt: status.expiresAt.map { Int($0.timeIntervalSince1970) },
            issuedAt: status.issuedAt.map { Int($0.timeIntervalSince1970) },
            expiresIn: status.expiresIn.map { Int($0) },
            nextAttemptIn: status.nextAttemptIn.map { Int($0.seconds) },
            breaker: status.breaker.rawValue,
            consecutiveFailures: status.consecutiveFailures,
            lastError: status.lastError?.description,
            lockedSince: status.lockedSince.map { Int($0.timeIntervalSince1970) }
        )
    }

    private static func wire(_ key: KeySighting, now: Date) -> StatusResponse.SigningKey {
        StatusResponse.SigningKey(
            keyID: key.keyID,
            state: key.state.rawValue,
            firstSeen: Int(key.firstSeen.timeIntervalSince1970),
            lastSeen: Int(key.lastSeen.timeIntervalSince1970),
            withdrawnAt: key.withdrawnAt.map { Int($0.timeIntervalSince1970) },
            lastTokenEndsAt: key.lastTokenEndsAt.map { Int($0.timeIntervalSince1970) },
            now: Int(now.timeIntervalSince1970)
        )
    }

    private func refresh(_ query: String, _ peer: any Peer) async -> Response {
        var names = broker.status.map(\.profile)
        if !query.isEmpty {
            guard query.hasPrefix("profile="), let name = ProfileName(String(query.dropFirst("profile=".count))) else {
                return Response(.badRequest, "the only parameter is profile=NAME")
            }
            guard names.contains(name) else { return Response(.notFound, "there is no profile \(name)") }
            names = [name]
        }
        logger.notice(
            "Refresh demanded",
            metadata: [
                "profile": "\(names.map(\.rawValue).joined(separator: " "))", "workload.uid": "\(peer.userID)",
            ]
        )
        let deadline = broker.time.now.boot + Self.patience
        let failures = await withTaskGroup(of: (ProfileName, AcquisitionError)?.self) { group in
            for name in names {
                group.addTask { [broker] in
                    await broker.lane(name)?.refresh(deadline: deadline).map { (name, $0) }
                }
            }
            return await group.reduce(into: []) { failures, failure in failures += failure.map { [$0] } ?? [] }
        }
        guard failures.isEmpty else {
            let messages = failures.map { "\($0): \($1.message)" }.sorted()
            // Time does not help where an operator locked.
            if failures.allSatisfy({ $0.1.code == .locked }) {
                return Response(.locked, messages.joined(separator: "; "))
            }
            var response = Response(.unavailable, messages.joined(separator: "; "))
            // Where somebody has to change something first, trying again soon does not help.
            response.retryAfter = failures.contains { $1.code.isLasting } ? 60 : 5
            return response
        }
        return await status()
    }
}

extension StatusResponse.Policy {
    fileprivate init(_ policy: PolicyInForce) {
        let snapshot = policy.current
        self.init(
            generation: snapshot.generation,
            loadedAt: Int(snapshot.loadedAt.timeIntervalSince1970),
            grants: snapshot.policy.grants.count,
            denials: snapshot.policy.denials.count,
            lastError: policy.lastRefusal
        )
    }
}
