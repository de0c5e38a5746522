internal import AccessPolicy
internal import BrokerServer
internal import CredentialSinks
internal import DaemonConfiguration
internal import FoundationEssentials
internal import IBMCloud
internal import JOSE
internal import KeyRotation
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

    /// How long a plan waits for a token; nobody waits for the plan.
    private static let patience: Duration = .seconds(15)
    /// Bytes of a drawn value before they become digits.
    private static let valueLength = 32

    /// The lane of a plan.
    ///
    /// - Throws: ``ConfigurationError`` for a URL that cannot be called, ``SealError`` when OpenSSL fails.
    func lane(_ setting: RotationSetting) throws -> RotationLane {
        let (plan, time) = (setting.plan, time)
        let token = bearer(plan)
        var sinks: [String: any KeySink] = [:]
        let prints = try KeyFilePrints(derivedFrom: key.derived(for: "prints of key files"))
        for publication in setting.publications { sinks[publication.name] = try sink(publication, prints, token) }
        let world = RotationDriver.Surroundings(
            issuer: try issuer(plan, token),
            sinks: sinks,
            journal: AuditedJournal(journal: journal, audit: audit),
            sealer: try AESSealer(key),
            now: { time.now.wall },
            draw: { Double.random(in: 0..<1) },
            newRotation: { RotationID(UInt64.random(in: .min ... .max)) },
            newValue: { Self.newValue(plan.target.drawnField) }
        )
        let rules = plan.rules(host: host, watchedSince: time.now.wall)
        return RotationLane(
            plan,
            RotationMachine(rules),
            world,
            leadership: SoleLeadership(world.journal),
            time: time
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
