import AccessPolicy
import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import TokenBroker

/// Tokens that one instance leaves to the next, which believes nothing of them.
struct HandoverTests {
    private static let patience: Duration = .seconds(2)

    /// What an instance leaves that obtained one token at the start, in a world in which `seconds` have passed since.
    private static func left(after seconds: Int = 0) async throws -> (Handover, ManualTime) {
        let world = try World()
        _ = try await world.ask().get()
        let handover = await world.broker.handover()
        world.time.advance(by: .seconds(seconds))
        return (handover, world.time)
    }

    private static func takeOver(_ handover: Handover, in world: World) async -> [HandedTokenFate] {
        await world.broker.takeOver(handover, deadline: world.time.now.boot + patience).map(\.fate)
    }

    private static func changed(
        _ handover: Handover,
        reference: String? = nil,
        token: UnverifiedToken? = nil,
        obtainedAt: Duration? = nil,
        endsAt: Duration? = nil
    ) throws -> Handover {
        let handed = try required(handover.tokens.first)
        let changed = HandedToken(
            profile: handed.profile,
            reference: reference ?? handed.reference,
            token: token ?? handed.token,
            obtainedAt: obtainedAt ?? handed.obtainedAt,
            endsAt: endsAt ?? handed.endsAt
        )
        return Handover(tokens: [changed], keys: handover.keys)
    }

    @Test func theNextInstanceHandsOverTheSameTokenWithoutAnExchange() async throws {
        let (handover, time) = try await Self.left(after: 600)
        let world = try World(time: time)
        #expect(await Self.takeOver(handover, in: world) == [.kept])
        let released = try await world.ask().get()
        #expect(released.cached.token.compact == handover.tokens[0].token.compact)
        #expect(released.expiresIn == 3_000)
        #expect(released.cached.token.verifiedAt == time.now.wall)
        #expect(world.exchanger.calls.isEmpty)
        #expect(world.keySets.callCount == 1)
        let audited = AuditedToken(released.cached.token)
        let obtainedAt = time.now.wall.addingTimeInterval(-600)
        let name = try World.name("reports")
        #expect(world.audit.events.contains(.tokenTakenOver(name, audited, obtainedAt: obtainedAt)))
    }

    @Test func whatIsTakenOverIsRenewedInItsTime() async throws {
        let (handover, time) = try await Self.left(after: 30)
        let world = try World(time: time)
        #expect(await Self.takeOver(handover, in: world) == [.kept])
        // Of a life of 3,600 s, 60 % with a draw of 0.5.
        #expect(world.broker.status[0].state == .fresh)
        time.advance(by: .seconds(2_130))
        #expect(world.broker.status[0].state == .stale)
    }

    @Test func aTokenThatWasTamperedWithIsDropped() async throws {
        let (handover, time) = try await Self.left()
        let parts = handover.tokens[0].token.compact.exposed.split(separator: ".")
        let claims = Base64URL.encode(Array(#"{"iam_id":"iam-Profile-else"}"#.utf8))
        for text in [
            "\(parts[0]).\(claims).\(parts[2])", "\(parts[0]).\(parts[1]).\(parts[2].dropLast(4))AAAA", "no token",
        ] {
            let world = try World(time: time)
            let fates = await Self.takeOver(
                try Self.changed(handover, token: UnverifiedToken(compact: text)),
                in: world
            )
            guard case .dropped = try required(fates.first) else {
                Issue.record("\(text) was kept")
                continue
            }
            #expect(world.broker.status[0].state == .absent)
        }
    }

    @Test func aTokenOfAnotherIssuersKeyIsDroppedWhateverKeysComeWithIt() async throws {
        let (_, time) = try await Self.left()
        let forger = TokenMint(key: try SigningKey(id: "forged"))
        let forged = try forger.token(issuedAt: time.now.wall)
        let handed = HandedToken(
            profile: try World.name("reports"),
            reference: "id:\(World.profileID)",
            token: forged,
            obtainedAt: time.now.boot,
            endsAt: time.now.boot + .seconds(3_600)
        )
        let handover = Handover(tokens: [handed], keys: try forger.keySet())
        let world = try World(time: time)
        #expect(await Self.takeOver(handover, in: world) == [.dropped("key ID is not in the key set")])
        #expect(world.broker.status[0].state == .absent)
    }

    @Test func aNameThatStandsForAnotherProfileTakesNoToken() async throws {
        let (handover, time) = try await Self.left()
        let other = try required(ProfileID("Profile-7c4e2b1d-0f9a-4b8c-a3d5-6e7f80918273"))
        let world = try World(time: time, reference: .id(other))
        #expect(
            await Self.takeOver(handover, in: world) == [.dropped("the profile's name now stands for another profile")]
        )
        // What is said beside the token is no better than the token: its claims are of another profile.
        let claimed = try Self.changed(handover, reference: "id:\(other)")
        #expect(
            await Self.takeOver(claimed, in: world)
                == [.dropped("token is not for the expected profile (claim iam_id)")]
        )
        #expect(world.broker.status[0].state == .absent)
    }

    @Test func aProfileThatIsNotConfiguredTakesNoToken() async throws {
        let (handover, time) = try await Self.left()
        let world = try World(time: time)
        let handed = handover.tokens[0]
        let unknown = HandedToken(
            profile: try World.name("unknown"),
            reference: handed.reference,
            token: handed.token,
            obtainedAt: handed.obtainedAt,
            endsAt: handed.endsAt
        )
        let fates = await Self.takeOver(Handover(tokens: [unknown], keys: handover.keys), in: world)
        #expect(fates == [.dropped("the profile is not configured any more")])
    }

    @Test(arguments: [true, false])
    func aLockedProfileTakesNoTokenAndLeavesNone(isLockOfAll: Bool) async throws {
        let (handover, time) = try await Self.left()
        let lock = ProfileLock(since: ManualTime.start, by: 5)
        let locks =
            isLockOfAll ? LockSet(all: lock) : LockSet(profiles: [try World.name("reports"): lock])
        let world = try World(time: time, locks: ScriptedLockStore(locks))
        #expect(await Self.takeOver(handover, in: world) == [.dropped("the profile is locked")])
        #expect(await world.broker.handover().tokens.isEmpty)
        _ = try await world.broker.unlock(isLockOfAll ? nil : World.name("reports"), by: 5)
        #expect(world.broker.status[0].state == .absent)
    }

    @Test(arguments: [(3_599, true), (3_600, false)])
    func aTokenThatHasEndedIsDropped(seconds: Int, isKept: Bool) async throws {
        let (handover, time) = try await Self.left(after: seconds)
        let world = try World(time: time)
        #expect(await Self.takeOver(handover, in: world) == [isKept ? .kept : .dropped("token has expired")])
    }

    @Test func aClockThatWasSetBackMakesNoTokenLiveLonger() async throws {
        let (handover, time) = try await Self.left(after: 1_800)
        time.setWall(by: -1_800)
        let world = try World(time: time)
        #expect(await Self.takeOver(handover, in: world) == [.kept])
        #expect(try await world.ask().get().expiresIn == 1_800)
    }

    @Test func timesThatComeWithATokenOnlyShortenItsLife() async throws {
        let (handover, time) = try await Self.left()
        let later = try Self.changed(handover, endsAt: time.now.boot + .seconds(1_000_000))
        let world = try World(time: time)
        #expect(await Self.takeOver(later, in: world) == [.kept])
        #expect(try await world.ask().get().expiresIn == 3_600)
        for (obtained, ends) in [(1, 3_600), (0, -1), (-10, -20), (-10, 0)] as [(Int, Int)] {
            let wrong = try Self.changed(
                handover,
                obtainedAt: time.now.boot + .seconds(obtained),
                endsAt: time.now.boot + .seconds(ends)
            )
            let world = try World(time: time)
            let fates = await Self.takeOver(wrong, in: world)
            guard case .dropped = try required(fates.first) else {
                Issue.record("obtained \(obtained) s from now, ending \(ends) s from now")
                continue
            }
        }
    }

    @Test func withoutTheIssuersKeysThoseOfTheHandoverDecideUntilTheIssuersCome() async throws {
        let (handover, time) = try await Self.left()
        let keySets = ScriptedKeySetSource(.failure(AcquisitionError(.unreachable, "scripted")))
        let world = try World(time: time, keySets: keySets)
        #expect(await Self.takeOver(handover, in: world) == [.keptForNow])
        #expect(try await world.ask().get().cached.token.compact == handover.tokens[0].token.compact)
        // They vouch for these tokens, and for nothing that somebody brings.
        #expect(await world.broker.verify(handover.tokens[0].token) == nil)
        #expect(await world.broker.cachedKeys == nil)
        // And they go on to the next instance.
        #expect(await world.broker.handover().keys?.source == handover.keys?.source)
        keySets.script.append(.success(try world.mint.keySet()))
        await world.broker.confirmHandedTokens()
        #expect(world.broker.status[0].state == .fresh)
        #expect(await world.broker.verify(handover.tokens[0].token) != nil)
    }

    @Test func aTokenThatTheIssuersKeysDoNotConfirmIsDropped() async throws {
        let (handover, time) = try await Self.left()
        let keySets = ScriptedKeySetSource(.failure(AcquisitionError(.unreachable, "scripted")))
        let world = try World(time: time, keySets: keySets)
        #expect(await Self.takeOver(handover, in: world) == [.keptForNow])
        let other = TokenMint(key: try SigningKey(id: "other"))
        keySets.script.append(.success(try other.keySet()))
        await world.broker.confirmHandedTokens()
        #expect(world.broker.status[0].state == .absent)
        #expect(world.audit.events.count == 2)
        #expect(world.audit.events.last == .tokenDropped(try World.name("reports")))
    }

    @Test func keysThatHangDoNotHoldUpTheStart() async throws {
        let (handover, time) = try await Self.left()
        let world = try World(time: time)
        world.keySets.script.hold()
        async let fates = Self.takeOver(handover, in: world)
        await world.keySets.script.arrivals(1)
        await time.sleeper(until: time.now.boot + Self.patience)
        time.advance(by: Self.patience)
        #expect(await fates == [.keptForNow])
        world.keySets.script.release()
    }

    @Test func withoutAnyKeysNothingIsKept() async throws {
        let (handover, time) = try await Self.left()
        let world = try World(time: time, keySets: ScriptedKeySetSource())
        let fates = await Self.takeOver(Handover(tokens: handover.tokens, keys: nil), in: world)
        #expect(fates == [.dropped("there are no keys to verify it with")])
    }

    @Test func aNameNeedsTheAccountToMeanSomething() async throws {
        let named = ProfileReference.name("reports")
        let first = try World(reference: named)
        _ = try await first.ask().get()
        let handover = await first.broker.handover()
        let known = try World(time: first.time, reference: named)
        #expect(await Self.takeOver(handover, in: known) == [.kept])
        let unknown = try World(
            time: first.time,
            reference: named,
            identity: ScriptedIdentitySource(.failure(AcquisitionError(.unreachable, "scripted")))
        )
        #expect(
            await Self.takeOver(handover, in: unknown) == [.dropped("the account of the instance is not known")]
        )
    }
}
