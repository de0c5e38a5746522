internal import AccessPolicy
internal import BrokerServer
internal import CredentialSinks
internal import DaemonConfiguration
internal import FoundationEssentials
internal import IBMCloud
internal import JOSE
internal import KeyRotation
internal import Logging
internal import SecretSealing
internal import TokenBroker

/// Of what the daemon builds its rotations.
struct RotationMaterials: Sendable {
    let cloud: IBMCloudClient
    let broker: TokenBroker
    let policy: PolicyInForce
    let certificates: [CertificateLane]
    let time: any TimeSource
    let audit: any AuditLog
    let journal: any RotationJournal
    let key: SealingKey
    /// What splay tells apart.
    let host: String
    /// `nil` on a machine of its own.
    let fleet: Fleet?
    let logger: Logger

    /// How long a plan waits for a token; nobody waits for the plan.
    private static let patience: Duration = .seconds(15)
    /// Bytes of a drawn value before they become digits.
    private static let valueLength = 32

    /// The lane of a plan, and what follows the key that another node publishes.
    ///
    /// - Throws: ``ConfigurationError`` for a URL that cannot be called, ``SealError`` when OpenSSL fails.
    func lane(_ setting: RotationSetting) throws -> (lane: RotationLane, follower: KeyFollower?) {
        let token = bearer(setting.plan)
        var sinks: [(name: String, sink: any KeySink)] = []
        let prints = try KeyFilePrints(derivedFrom: key.derived(for: "prints of key files"))
        for publication in setting.publications {
            sinks.append((publication.name, try sink(publication, prints, token)))
        }
        // A certificate is of one machine, whatever fleet it belongs to.
        if let fleet, !setting.plan.target.isOfOneMachine { return try lane(setting, sinks, token, in: fleet) }
        let plan = setting.plan
        let world = try surroundings(
            plan,
            Dictionary(sinks) { first, _ in first },
            token,
            AuditedJournal(journal: journal, audit: audit),
            AESSealer(key)
        )
        let lane = RotationLane(
            plan,
            RotationMachine(plan.rules(host: host, watchedSince: time.now.wall)),
            world,
            leadership: SoleLeadership(world.journal),
            time: time
        )
        return (lane, nil)
    }

    /// What is in Secrets Manager the leader writes; files lie on every machine, and each writes its own.
    private func lane(
        _ setting: RotationSetting,
        _ sinks: [(name: String, sink: any KeySink)],
        _ token: @escaping BearerSource,
        in fleet: Fleet
    ) throws -> (lane: RotationLane, follower: KeyFollower?) {
        let plan = setting.plan
        let own = Set(setting.publications.filter(\.isOnEveryMachine).map(\.name))
        let shared = sinks.filter { !own.contains($0.name) }
        let publication = own.isEmpty ? [] : [RotationDriver.Surroundings.publicationName]
        let world = try surroundings(
            plan,
            Dictionary(shared) { first, _ in first },
            token,
            fleet.journal,
            fleet.sealer,
            board: fleet.board
        )
        let rules = plan.rules(
            host: "fleet \(fleet.setting.name)",
            watchedSince: time.now.wall,
            sinks: shared.map(\.name) + publication,
            waitsForConsumers: !own.isEmpty
        )
        let lane = RotationLane(
            plan,
            RotationMachine(rules),
            world,
            leadership: AuditedLeadership(leadership: fleet.leadership, audit: audit),
            node: fleet.node,
            longestCall: fleet.longestCall,
            time: time
        )
        guard !own.isEmpty else { return (lane, nil) }
        let follower = KeyFollower(
            plan.name,
            sinks: sinks.filter { own.contains($0.name) },
            feed: fleet.feed,
            board: fleet.board,
            isSettled: { rotation in
                let state = lane.snapshot.state
                return state.cycle == nil && state.current?.rotation == rotation
            },
            mayGiveBack: {
                let cycle = lane.snapshot.state.cycle
                return cycle?.isRolledBack == true || cycle?.stage == .restore
            },
            time: time,
            logger: logger
        )
        return (lane, follower)
    }

    private func surroundings(
        _ plan: RotationPlan,
        _ sinks: [String: any KeySink],
        _ token: @escaping BearerSource,
        _ journal: any RotationJournal,
        _ sealer: any ValueSealer,
        board: (any ConsumerBoard)? = nil
    ) throws -> RotationDriver.Surroundings {
        RotationDriver.Surroundings(
            issuer: try issuer(plan, token),
            sinks: sinks,
            journal: journal,
            sealer: sealer,
            board: board,
            now: { [time] in time.now.wall },
            draw: { Double.random(in: 0..<1) },
            newRotation: { RotationID(UInt64.random(in: .min ... .max)) },
            newValue: { Self.newValue(plan.target.drawnField) }
        )
    }

    private func issuer(_ plan: RotationPlan, _ token: @escaping BearerSource) throws -> any KeyIssuer {
        if case .certificate(let name) = plan.target {
            guard let lane = certificates.first(where: { $0.name == name }) else {
                throw ConfigurationError("plan \(plan.name): there is no metadata service to renew certificate \(name)")
            }
            return CertificateKeyIssuer(lane: lane, now: { [time] in time.now.wall })
        }
        return try cloud.issuer(
            for: plan.target,
            plan: plan.name,
            token: token,
            verify: { [broker] token in await broker.verifyOwn(token) }
        )
    }

    private func sink(
        _ publication: PublicationSetting,
        _ prints: KeyFilePrints,
        _ token: @escaping BearerSource
    ) throws -> any KeySink {
        switch publication.destination {
        case .file(let setting):
            let work = BlockingWork(label: "key file \(publication.name)")
            return KeyFileSink(
                setting,
                prints: prints,
                KeyFileSink.Surroundings(
                    blocking: { body in await work.run(body) },
                    run: { words, purpose in
                        switch BlockingWork.outcome(of: words, as: purpose, unless: { false }) {
                        case .success: nil
                        case .failure(let failure): SinkFault(failure.message, isLasting: failure.isLasting)
                        }
                    }
                )
            )
        case .secret(let secret):
            return try cloud.secretsManagerSink(for: secret, token: token)
        }
    }

    /// Gives the token of the plan's profile, as far as policy and operators let it.
    private func bearer(_ plan: RotationPlan) -> BearerSource {
        { [broker, policy, time, audit] in
            func none(_ message: String) -> Result<Redacted<String>, IssuerFault> {
                .failure(IssuerFault(.noToken, message))
            }
            guard audit.mayProceed else { return none("the audit log cannot be written, and audit.required is set") }
            guard let lane = broker.lane(plan.profile) else { return none("there is no profile \(plan.profile)") }
            let decision = policy.current.policy.decide(
                rotation: plan.name.rawValue,
                plan.profile,
                at: time.now.wall
            )
            guard case .permit(let permit) = decision else {
                return none(
                    "policy: no grant for profile \(plan.profile) has 'rotations: [\(plan.name)]' and holds now"
                )
            }
            switch await lane.token(permit, deadline: time.now.boot + Self.patience) {
            case .success(let released): return .success(Redacted(released.cached.token.compact.exposed))
            case .failure(let refusal): return none(refusal.error.message)
            }
        }
    }

    /// 256 bits as 64 hexadecimal digits, which every service and every file format takes as they are.
    private static func newValue(_ field: String?) -> KeyMaterial {
        guard let field else { return .none }
        var random = SystemRandomNumberGenerator()
        let digits = (0..<valueLength)
            .map { _ in
                let byte = UInt8.random(in: .min ... .max, using: &random)
                return (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
            }
        return KeyMaterial([field: Redacted(digits.joined())])
    }
}
