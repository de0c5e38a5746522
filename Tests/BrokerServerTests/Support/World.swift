import AccessPolicy
import BrokerAPI
import BrokerTesting
import FoundationEssentials
import Glibc
import JOSE
import Logging
import NIOCore
import NIOPosix
import Testing
import TokenBroker
import WorkloadAttestation

@testable import BrokerServer

/// A broker with three profiles behind real sockets, scripted services and clocks that stand still.
///
/// `reports` and `archive` are for this process's user, `backups` is for another one.
final class World: Sendable {
    let time = ManualTime()
    let audit = RecordingAuditLog()
    let locks: ScriptedLockStore
    let mint: TokenMint
    let exchanger: ScriptedExchanger
    let broker: TokenBroker
    let policy: PolicyInForce
    let gate: Gate
    let recorder: ActivityRecorder
    private let identity: IdentityTokens
    private let auditStatus: StatusResponse.Audit?
    let attestor = PeerAttestor()
    let folder: String
    /// One event loop for servers and clients: it reads connections in the order in which bytes arrive.
    let group = World.eventLoop
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    // Without an exchanger every exchange brings a token issued now.
    init(
        exchanger: ScriptedExchanger? = nil,
        locks: ScriptedLockStore = ScriptedLockStore(),
        auditStatus: StatusResponse.Audit? = nil,
        spans: SpanSource = .none
    ) throws {
        self.locks = locks
        self.auditStatus = auditStatus
        let mint = try TokenMint()
        let time = time
        self.mint = mint
        self.exchanger = exchanger ?? ScriptedExchanger { _ in Self.fresh(mint, time) }
        let identityToken = InstanceIdentityToken(
            compact: Redacted("identity"),
            expiresAt: ManualTime.start.addingTimeInterval(1e6),
            accountID: mint.accountID
        )
        let identity = IdentityTokens(source: ScriptedIdentitySource(always: identityToken), time: time)
        self.identity = identity
        let keys = KeySetCache(source: ScriptedKeySetSource(always: try mint.keySet()), time: time)
        let pipeline = TokenPipeline(
            identity: identity,
            exchanger: self.exchanger,
            keys: keys,
            issuer: TokenIssuer(issuer: mint.issuer),
            time: time,
            audit: audit
        )
        let reference = ProfileReference.id(try #require(ProfileID(mint.profileID)))
        let names = try ["reports", "archive", "backups"].map { try #require(ProfileName($0)) }
        broker = TokenBroker(
            profiles: names.map { TrustedProfile(name: $0, reference: reference) },
            pipeline: pipeline,
            keys: keys,
            time: time,
            draw: { 0.5 },
            audit: audit,
            locks: try StoredLocks(reading: locks)
        )
        policy = PolicyInForce(try Self.policy(), now: time.now.wall)
        gate = Gate(
            policy: policy,
            audit: audit,
            time: time,
            activity: Activity(profiles: names),
            spans: spans,
            logger: logger
        )
        recorder = ActivityRecorder(gate.activity, time: time)
        folder = try Self.temporaryFolder()
    }

    private static let eventLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    deinit { Self.removeFolder(folder) }

    var workloadPath: String { "\(folder)/w" }
    var adminPath: String { "\(folder)/a" }

    var workload: Workload {
        Workload(processID: getpid(), userID: getuid(), groupID: .known(getgid()), groups: .known([]))
    }

    func startWorkload(
        _ limits: ConnectionLimits = .init(),
        inheriting descriptor: CInt? = nil
    ) async throws -> RunningListener {
        let socket = SocketFile(path: workloadPath, mode: 0o666)
        return
            try await SocketListener.workload(
                socket,
                broker: broker,
                gate: gate,
                emulation: emulation,
                attestor: attestor,
                group: group,
                limits: limits,
                logger: logger
            )
            .inheriting(descriptor)
            .start()
    }

    var emulation: EmulationRoutes {
        EmulationRoutes(broker: broker, gate: gate, instance: nil, issuer: mint.issuer)
    }

    func startAdmin(_ vitals: Vitals = Vitals()) async throws -> RunningListener {
        let socket = SocketFile(path: adminPath, mode: 0o660)
        return try await adminListener(socket, vitals).start()
    }

    func adminListener(_ socket: SocketFile, _ vitals: Vitals = Vitals()) -> SocketListener {
        let diagnosis = InstanceDiagnosis(
            broker: broker,
            identity: identity,
            metadata: nil,
            iam: ScriptedServiceProbe(always: ServiceReading(clock: nil))
        )
        let routes = AdminRoutes(
            broker: broker,
            gate: gate,
            attestor: attestor,
            auditStatus: { [auditStatus] in auditStatus },
            diagnosis: DiagnosisRoutes(diagnosis, userID: 999, metadataPort: 8_169),
            vitals: vitals,
            recorder: recorder,
            logger: logger
        )
        return .admin(socket, routes: routes, attestor: attestor, group: group, logger: logger)
    }

    /// Runs `body` with the workload listener and stops it afterwards.
    func serving(_ limits: ConnectionLimits = .init(), _ body: () async throws -> Void) async throws {
        let listener = try await startWorkload(limits)
        do {
            try await body()
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    func client() async throws -> WireClient { try await WireClient.connect(to: workloadPath, on: group) }

    /// Opens a connection, sends `bytes` and gives the first answer.
    func ask(_ bytes: String) async throws -> WireAnswer {
        let client = try await client()
        client.send(bytes)
        let answer = try await client.answer()
        await client.close()
        return answer
    }

    /// Makes the broker hold a token of `profile`.
    func warm(_ profile: String = "reports") async throws {
        let name = try #require(ProfileName(profile))
        let lane = try #require(broker.lane(name))
        #expect(await lane.refresh(deadline: time.now.boot + .seconds(60)) == nil)
    }

    /// The body that a token of `profile` issued at the start has when `expiresIn` seconds remain.
    func tokenBody(_ profile: String = "reports", expiresIn: Int = 3_600) throws -> String {
        let token = try mint.token(issuedAt: ManualTime.start).compact.exposed
        let expiresAt = Int(ManualTime.start.timeIntervalSince1970) + 3_600
        return #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":\#(expiresIn),"#
            + #""expires_at":\#(expiresAt),"profile":"\#(profile)"}"#
    }

    private static func fresh(_ mint: TokenMint, _ time: ManualTime) -> ScriptedExchanger.Outcome {
        do {
            return .success(try mint.token(issuedAt: time.now.wall))
        } catch {
            return .failure(AcquisitionError(.malformedAnswer, "the mint is broken"))
        }
    }

    /// The standard policy, or the one in `text`.
    static func policy(_ text: String = own) throws -> Policy {
        let document = try PolicyDocument(
            parsing: text,
            file: "test.yaml",
            profiles: Set(["reports", "archive", "backups"].compactMap(ProfileName.init)),
            accounts: AccountNames(userID: { _ in nil }, groupID: { _ in nil })
        )
        return Policy([document])
    }

    static let own = """
        version: 1
        grants:
          - { name: own, profiles: [reports, archive], workloads: [{ uid: \(getuid()) }] }
          - { name: other, profiles: [backups], workloads: [{ uid: \(getuid() + 1) }] }
        """
}
