import AccessPolicy
import BrokerTesting
import FoundationEssentials
import JOSE
import Synchronization

@testable import TokenBroker

/// A broker with one profile, scripted services and clocks that stand still.
final class World: Sendable {
    let time: ManualTime
    let audit = RecordingAuditLog()
    let locks: ScriptedLockStore
    let mint: TokenMint
    let identity: ScriptedIdentitySource
    let exchanger: ScriptedExchanger
    let keySets: ScriptedKeySetSource
    let keys: KeySetCache
    let broker: TokenBroker

    static let accountID = "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"
    static let profileID = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"

    // Without an exchanger every exchange brings a token issued now.
    init(
        time: ManualTime = ManualTime(),
        prefetch: Bool = false,
        reference: ProfileReference? = nil,
        identity: ScriptedIdentitySource? = nil,
        exchanger: ScriptedExchanger? = nil,
        keySets: ScriptedKeySetSource? = nil,
        draw: @escaping @Sendable () -> Double = { 0.5 },
        locks: ScriptedLockStore = ScriptedLockStore()
    ) throws {
        self.time = time
        self.locks = locks
        let mint = try TokenMint()
        self.mint = mint
        self.identity = identity ?? ScriptedIdentitySource(always: Self.identityToken())
        self.exchanger = exchanger ?? ScriptedExchanger { _ in Self.fresh(mint, time) }
        self.keySets = try keySets ?? ScriptedKeySetSource(always: mint.keySet())
        keys = KeySetCache(source: self.keySets, time: time)
        let pipeline = TokenPipeline(
            identity: IdentityTokens(source: self.identity, time: time),
            exchanger: self.exchanger,
            keys: keys,
            issuer: TokenIssuer(issuer: mint.issuer),
            time: time,
            audit: audit
        )
        let profile = TrustedProfile(
            name: try Self.name("reports"),
            reference: reference ?? Self.byID,
            prefetch: prefetch
        )
        broker = TokenBroker(
            profiles: [profile],
            pipeline: pipeline,
            keys: keys,
            time: time,
            draw: draw,
            audit: audit,
            locks: try StoredLocks(reading: locks)
        )
    }

    var lane: ProfileLane {
        get throws { try required(broker.lane(try Self.name("reports"))) }
    }

    /// The patience of a caller who asks now: five seconds.
    var deadline: Duration { time.now.boot + .seconds(5) }

    func ask(minimumRemaining: TimeInterval = 0) async throws -> Result<ReleasedToken, ProfileLane.Refusal> {
        try await lane.token(Self.permit(), minimumRemaining: minimumRemaining, deadline: deadline)
    }

    /// What can be had without waiting.
    func peek() throws -> ProfileLane.Immediate { try lane.token(Self.permit(), now: time.now) }

    static func fresh(_ mint: TokenMint, _ time: ManualTime) -> ScriptedExchanger.Outcome {
        do {
            return .success(try mint.token(issuedAt: time.now.wall))
        } catch {
            return .failure(AcquisitionError(.malformedAnswer, "the mint is broken"))
        }
    }

    static func identityToken(_ text: String = "identity", life: TimeInterval = 1e6) -> InstanceIdentityToken {
        let end = ManualTime.start.addingTimeInterval(life)
        return InstanceIdentityToken(compact: Redacted(text), expiresAt: end, accountID: accountID)
    }

    static var byID: ProfileReference {
        ProfileID(profileID).map(ProfileReference.id) ?? .instanceDefault
    }

    /// A name that a test spells out; one that is not well formed fails the test at once.
    static func name(_ text: String) throws -> ProfileName { try required(ProfileName(text)) }

    /// A permit as policy gives it; there is no other way to one.
    static func permit(for profile: String = "reports") throws -> Permit {
        let document = try PolicyDocument(
            parsing: """
                version: 1
                grants: [{ name: test, profiles: [\(profile)], workloads: [{ uid: 1 }] }]
                """,
            file: "test.yaml",
            profiles: [try name(profile)],
            accounts: AccountNames(userID: { _ in nil }, groupID: { _ in nil })
        )
        let workload = Workload(processID: 1, userID: 1, groupID: .known(1))
        guard
            case .permit(let permit) = try Policy([document])
                .decide(workload, name(profile), at: Date(timeIntervalSince1970: 1_800_000_000))
        else {
            throw Missing()
        }
        return permit
    }
}

/// Something that a test relies on is not there.
struct Missing: Error {}

func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Missing() }
    return value
}

extension ScriptedExchanger.Outcome {
    static func error(_ code: AcquisitionError.Code, retryAfter: Duration? = nil) -> Self {
        .failure(AcquisitionError(code, "scripted", retryAfter: retryAfter))
    }
}

extension Result where Success == ReleasedToken, Failure == ProfileLane.Refusal {
    var code: AcquisitionError.Code? {
        guard case .failure(let refusal) = self else { return nil }
        return refusal.error.code
    }
}

extension ProfileLane.Immediate {
    var released: ReleasedToken? {
        guard case .released(let released) = self else { return nil }
        return released
    }

    var refusal: ProfileLane.Refusal? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal
    }

    var mustWait: Bool {
        guard case .mustWait = self else { return false }
        return true
    }
}
