import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import TokenBroker

/// Tokens that the broker itself asked for, such as with a new API key, are checked with the issuer's keys.
struct OwnTokenTests {
    private func isAccepted(_ verdict: Verdict?) -> Bool {
        if case .accept? = verdict { true } else { false }
    }

    private func isUnknown(_ verdict: Verdict?) -> Bool {
        if case .reject(.keyUnknown)? = verdict { true } else { false }
    }

    /// After a restart in the middle of a rotation no token was asked for yet.
    @Test func theKeysAreFetchedWhenThereAreNone() async throws {
        let world = try World()
        let token = try world.mint.token(issuedAt: ManualTime.start)
        #expect(await world.broker.verify(token) == nil)
        #expect(world.keySets.callCount == 0)
        #expect(isAccepted(await world.broker.verifyOwn(token)))
        #expect(world.keySets.callCount == 1)
        // They serve from then on.
        #expect(isAccepted(await world.broker.verifyOwn(token)))
        #expect(isAccepted(await world.broker.verify(token)))
        #expect(world.keySets.callCount == 1)
    }

    @Test func aKeyThatIsNotThereYetIsLookedForOnce() async throws {
        let mint = try TokenMint()
        let rotated = TokenMint(key: try SigningKey(id: "202609010826"))
        let world = try World(
            keySets: ScriptedKeySetSource(
                .success(try mint.keySet()),
                .success(try rotated.keySet(with: [mint.key]))
            )
        )
        #expect(isAccepted(await world.broker.verifyOwn(try mint.token(issuedAt: ManualTime.start))))
        #expect(isAccepted(await world.broker.verifyOwn(try rotated.token(issuedAt: ManualTime.start))))
        #expect(world.keySets.callCount == 2)
    }

    @Test func aKeyThatNobodyHasIsNotLookedForEachTime() async throws {
        let mint = try TokenMint()
        let stranger = try TokenMint(key: SigningKey(id: "stranger")).token(issuedAt: ManualTime.start)
        let world = try World(keySets: ScriptedKeySetSource(always: try mint.keySet()))
        for _ in 0..<5 { #expect(isUnknown(await world.broker.verifyOwn(stranger))) }
        #expect(world.keySets.callCount == 2)
    }

    @Test func whatIsNotOursIsRejected() async throws {
        let world = try World()
        #expect(!isAccepted(await world.broker.verifyOwn(UnverifiedToken(compact: "garbage"))))
        // The same key ID, and another key.
        let forged = TokenMint(key: try SigningKey(id: world.mint.key.id))
        #expect(!isAccepted(await world.broker.verifyOwn(try forged.token(issuedAt: ManualTime.start))))
        let ended = try world.mint.token(issuedAt: ManualTime.start - 7_200)
        #expect(!isAccepted(await world.broker.verifyOwn(ended)))
    }

    @Test func withoutKeysThereIsNoVerdict() async throws {
        let mint = try TokenMint()
        let world = try World(
            keySets: ScriptedKeySetSource(
                .failure(.init(.upstreamFailed, "scripted")),
                .success(try mint.keySet())
            )
        )
        let token = try mint.token(issuedAt: ManualTime.start)
        #expect(await world.broker.verifyOwn(token) == nil)
        // A failure is not for ever.
        world.time.advance(by: .seconds(60))
        #expect(isAccepted(await world.broker.verifyOwn(token)))
    }
}
