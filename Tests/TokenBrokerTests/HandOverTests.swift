import BrokerTesting
import FoundationEssentials
import JOSE
import Testing
import TokenBroker

/// When a token is handed over as it is, when it is renewed first, and when there is none.
///
/// Life is 3,600 s; with a draw of 0.5 the first renewal falls due after 1,110 s, half of the way from a minute to 60 % of life.
struct HandOverTests {
    @Test(arguments: [
        (0, 3_600, 1), (1_109, 2_491, 1),
        // From then on the old one is handed over once more while the renewal runs.
        (1_110, 2_490, 2), (2_700, 900, 2),
        // With less than 25 % left the caller waits for the new one.
        (2_701, 3_600, 2), (3_599, 3_600, 2), (3_600, 3_600, 2), (9_999, 3_600, 2),
    ])
    func theAgeOfATokenDecides(age: Int, expiresIn: Int, exchanges: Int) async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.time.advance(by: .seconds(age))
        #expect(try await world.ask().get().expiresIn == expiresIn)
        if exchanges > 1 { await world.exchanger.script.arrivals(exchanges) }
        #expect(world.exchanger.calls.count == exchanges)
    }

    @Test(arguments: [(0.0, 60, 1_800), (0.5, 1_110, 2_160), (1.0, 2_520, 2_520)])
    func theDrawMovesTheFirstRenewalAnywhereAndThoseThatFollowBetweenHalfAndSevenTenthsOfLife(
        draw: Double,
        first: Int,
        second: Int
    ) async throws {
        let world = try World(draw: { draw })
        _ = try await world.ask().get()
        for (renewals, age) in [(1, first), (2, second)] {
            world.time.advance(by: .seconds(age - 1))
            _ = try await world.ask().get()
            #expect(world.exchanger.calls.count == renewals)
            world.time.advance(by: .seconds(1))
            _ = try await world.ask().get()
            await world.exchanger.script.arrivals(renewals + 1)
            _ = await world.audit.events(renewals + 1)
        }
    }

    @Test(arguments: [(3_000, 1), (3_001, 2)])
    func aCallerMayDemandMoreLifeThanIsLeft(minimum: Int, exchanges: Int) async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.time.advance(by: .seconds(600))
        let released = try await world.ask(minimumRemaining: TimeInterval(minimum)).get()
        #expect(released.expiresIn == (exchanges == 1 ? 3_000 : 3_600))
        #expect(world.exchanger.calls.count == exchanges)
    }

    @Test func aDemandThatNoTokenCanMeetDoesNotMakeTheBrokerExchangeAgainAndAgain() async throws {
        let world = try World()
        for _ in 0..<50 { _ = try await world.ask(minimumRemaining: 86_400).get() }
        #expect(world.exchanger.calls.count == 1)
        world.time.advance(by: .seconds(60))
        for _ in 0..<50 { _ = try await world.ask(minimumRemaining: 86_400).get() }
        #expect(world.exchanger.calls.count == 2)
    }

    @Test func aTokenThatArrivesOldIsNotRenewedAgainAtOnce() async throws {
        // IBM may hand out one that has lived for 3,000 of its 3,600 seconds.
        let mint = try TokenMint()
        let exchanger = ScriptedExchanger { _ in
            Result { () throws(CryptoError) in
                try mint.token(issuedAt: ManualTime.start.addingTimeInterval(-3_000))
            }
            .mapError { _ in AcquisitionError(.malformedAnswer, "the mint is broken") }
        }
        let world = try World(exchanger: exchanger)
        #expect(try await world.ask().get().expiresIn == 600)
        #expect(try await world.ask().get().expiresIn == 600)
        #expect(world.exchanger.calls.count == 1)
        world.time.advance(by: .seconds(60))
        #expect(try await world.ask().get().expiresIn == 540)
        #expect(world.exchanger.calls.count == 2)
    }

    @Test(arguments: [2_701, 3_599])
    func theLastGoodTokenIsKeptUntilItEndsWhenRenewalFails(age: Int) async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.exchanger.script.append(.error(.upstreamFailed))
        world.time.advance(by: .seconds(age))
        #expect(try await world.ask().get().expiresIn == 3_600 - age)
        #expect(world.exchanger.calls.count == 2)
    }

    @Test func nothingIsHandedOverFromTheInstantATokenEnds() async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.exchanger.script.append(.error(.upstreamFailed))
        world.time.advance(by: .seconds(3_600))
        #expect(try await world.ask().code == .upstreamFailed)
    }

    @Test func aPermitForAnotherProfileReleasesNothing() async throws {
        let world = try World()
        _ = try await world.ask().get()
        let foreign = try World.permit(for: "backups")
        #expect(try world.lane.token(foreign, now: world.time.now).refusal?.error.code == .requestRejected)
    }

    @Test func nothingThatIsReleasedPrintsItsToken() async throws {
        let world = try World()
        let released = try await world.ask().get()
        let secret = released.cached.token.compact.exposed
        var dumped = ""
        dump(released, to: &dumped)
        for text in ["\(released)", String(reflecting: released), dumped] {
            // Header, payload and signature: none of the three may appear.
            for part in secret.split(separator: ".") { #expect(!text.contains(part)) }
        }
    }
}
