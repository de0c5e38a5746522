import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import TokenBroker

/// What comes from IAM is handed over only if it is what was asked for.
struct VerificationTests {
    @Test(arguments: [
        "profile", "account", "issuer", "expired", "key", "garbage",
    ])
    func aTokenThatIsNotWhatWasAskedForIsNeverHandedOverAndIsAudited(flaw: String) async throws {
        var mint = try TokenMint()
        var issuedAt = ManualTime.start
        switch flaw {
        case "profile": mint.profileID = "Profile-00000000-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
        case "account": mint.accountID = "00000000000000000000000000000000"
        case "issuer": mint.issuer = "https://iam.test.cloud.ibm.com/identity"
        case "expired": issuedAt -= 3_600
        // The same key ID, and another key.
        case "key": mint = TokenMint(key: try SigningKey(id: mint.key.id))
        default: break
        }
        let token = flaw == "garbage" ? UnverifiedToken(compact: "garbage") : try mint.token(issuedAt: issuedAt)
        let world = try World(exchanger: ScriptedExchanger(.success(token)))
        #expect(try await world.ask().code == .tokenRejected)
        #expect(try world.peek().released == nil)
        let events = world.audit.events
        #expect(events.contains { if case .tokenRejected = $0 { true } else { false } })
        #expect(!events.contains { if case .tokenObtained = $0 { true } else { false } })
    }

    @Test func aTokenOfTheWrongProfileDoesNotReplaceAGoodOne() async throws {
        let world = try World()
        _ = try await world.ask().get()
        var mint = world.mint
        mint.profileID = "Profile-00000000-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
        world.time.advance(by: .seconds(2_800))
        world.exchanger.script.append(.success(try mint.token(issuedAt: world.time.now.wall)))
        #expect(try await world.ask().get().expiresIn == 800)
    }

    /// A name means something in one account only.
    @Test(
        arguments: [
            (ProfileReference.name("reports"), nil, false), (.instanceDefault, nil, false),
            (.name("reports"), World.accountID, true), (.instanceDefault, World.accountID, true),
            (World.byID, nil, true),
        ] as [(ProfileReference, String?, Bool)]
    )
    func withoutAnIDTheAccountMustBeKnown(reference: ProfileReference, account: String?, isObtained: Bool) async throws
    {
        let end = ManualTime.start.addingTimeInterval(1e6)
        let identity = InstanceIdentityToken(compact: Redacted("identity"), expiresAt: end, accountID: account)
        let world = try World(reference: reference, identity: ScriptedIdentitySource(always: identity))
        #expect(try await world.ask().code == (isObtained ? nil : .requestRejected))
    }

    @Test func aRejectedTokenTakesItsIdentityAlong() async throws {
        let end = ManualTime.start.addingTimeInterval(1e6)
        let foreign = InstanceIdentityToken(
            compact: Redacted("foreign"),
            expiresAt: end,
            accountID: "00000000000000000000000000000000"
        )
        let world = try World(
            identity: ScriptedIdentitySource(.success(foreign), .success(World.identityToken("own")))
        )
        #expect(try await world.ask().code == .tokenRejected)
        world.time.advance(by: .seconds(5))
        #expect(try await world.ask().get().expiresIn == 3_600)
    }

    @Test func aMetadataServiceThatAsksToWaitIsLeftAloneByAllProfiles() async throws {
        let time = ManualTime()
        let wait = AcquisitionError(.rateLimited, "scripted", retryAfter: .seconds(30))
        let source = ScriptedIdentitySource(.failure(wait), .success(World.identityToken()))
        let tokens = IdentityTokens(source: source, time: time)
        for _ in 0..<3 { await #expect(throws: wait) { _ = try await tokens.token() } }
        #expect(source.callCount == 1)
        time.advance(by: .seconds(30))
        _ = try await tokens.token()
        #expect(source.callCount == 2)
    }

    @Test(arguments: [(nil, 60), (10, 60), (600, 600)] as [(Int?, Int)])
    func aFailedRefreshOfTheKeySetWaitsForAsLongAsItIsTold(retryAfter: Int?, seconds: Int) async throws {
        let mint = try TokenMint()
        let time = ManualTime()
        let error = AcquisitionError(.rateLimited, "scripted", retryAfter: retryAfter.map { .seconds($0) })
        let cache = KeySetCache(
            source: ScriptedKeySetSource(.success(try mint.keySet()), .failure(error)),
            time: time
        )
        _ = try await cache.keySet()
        time.advance(by: .seconds(3_600))
        await cache.refreshIfOld(draw: { 1 })
        #expect(await cache.nextLook(draw: { 0 }) == time.now.boot + .seconds(seconds))
        #expect(await cache.cached?.keyIDs == [mint.key.id])
    }

    @Test func anUnknownKeyIsLookedForOnceAndFound() async throws {
        let mint = try TokenMint()
        let rotated = TokenMint(key: try SigningKey(id: "202609010826"))
        let old = try mint.keySet()
        let new = try rotated.keySet(with: [mint.key])
        let world = try World(
            exchanger: ScriptedExchanger(.success(try rotated.token(issuedAt: ManualTime.start))),
            keySets: ScriptedKeySetSource(.success(old), .success(new))
        )
        #expect(try await world.ask().get().expiresIn == 3_600)
        #expect(world.keySets.callCount == 2)
    }

    @Test func anUnknownKeyIsLookedForOnceAMinute() async throws {
        let mint = try TokenMint()
        let stranger = TokenMint(key: try SigningKey(id: "stranger"))
        let world = try World(
            exchanger: ScriptedExchanger { _ in
                Result { try stranger.token(issuedAt: ManualTime.start) }
                    .mapError { _ in AcquisitionError(.malformedAnswer, "the mint is broken") }
            },
            keySets: ScriptedKeySetSource(always: try mint.keySet())
        )
        for _ in 0..<10 {
            #expect(try await world.ask().code == .tokenRejected)
            // Past the memory of the error, so that each is an attempt of its own.
            world.time.advance(by: .seconds(5))
        }
        let attempts = world.exchanger.calls.count
        #expect(attempts >= 5)
        #expect(world.keySets.callCount == 2)
        world.time.advance(by: .seconds(60))
        world.time.advance(by: .seconds(300))
        #expect(try await world.ask().code == .tokenRejected)
        #expect(world.keySets.callCount == 3)
    }

    @Test func theLastGoodKeySetIsKeptWhenAFetchFails() async throws {
        let mint = try TokenMint()
        let time = ManualTime()
        let source = ScriptedKeySetSource(.success(try mint.keySet()), .failure(.init(.upstreamFailed, "scripted")))
        let cache = KeySetCache(source: source, time: time)
        _ = try await cache.keySet()
        #expect(await cache.keySet(lookingFor: "new")?.keyIDs == [mint.key.id])
        #expect(try await cache.keySet().keyIDs == [mint.key.id])
        #expect(source.callCount == 2)
    }

    @Test func theKeySetIsRefreshedInTheBackgroundOnceAnHour() async throws {
        let mint = try TokenMint()
        let time = ManualTime()
        let source = ScriptedKeySetSource(always: try mint.keySet())
        let cache = KeySetCache(source: source, time: time)
        _ = try await cache.keySet()
        time.advance(by: .seconds(3_599))
        await cache.refreshIfOld(draw: { 1 })
        #expect(await cache.nextLook(draw: { 1 }) == time.now.boot + .seconds(1))
        #expect(source.callCount == 1)
        time.advance(by: .seconds(1))
        await cache.refreshIfOld(draw: { 1 })
        #expect(await cache.nextLook(draw: { 1 }) == time.now.boot + .seconds(3_600))
        #expect(source.callCount == 2)
    }

    @Test(arguments: [(271, 1), (270, 2)].map { (270 + 271 - $0.0, $0.1) })
    func anIdentityTokenServesUntilHalfAMinuteBeforeItsEnd(age: Int, calls: Int) async throws {
        let time = ManualTime()
        let source = ScriptedIdentitySource(always: World.identityToken(life: 300))
        let tokens = IdentityTokens(source: source, time: time)
        _ = try await tokens.token()
        time.advance(by: .seconds(age))
        _ = try await tokens.token()
        #expect(source.callCount == calls)
    }

    @Test func anIdentityTokenThatIsNotAcceptedIsRenewedOnce() async throws {
        let world = try World(
            identity: ScriptedIdentitySource(
                .success(World.identityToken("first")),
                .success(World.identityToken("second"))
            )
        )
        world.exchanger.script.append(.error(.identityRejected))
        #expect(try await world.ask().get().expiresIn == 3_600)
        #expect(world.exchanger.calls.map(\.identity.compact.exposed) == ["first", "second"])
    }

    @Test func twoRejectionsOfTheIdentityAreAnError() async throws {
        let world = try World()
        world.exchanger.script.append(.error(.identityRejected), .error(.identityRejected))
        #expect(try await world.ask().code == .identityRejected)
        #expect(world.exchanger.calls.count == 2)
    }
}
