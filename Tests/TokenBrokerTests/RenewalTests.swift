import BrokerTesting
import FoundationEssentials
import Testing

@testable import TokenBroker

/// The service that renews of its own accord.
struct RenewalTests {
    @Test func aPrefetchedProfileHasATokenBeforeAnybodyAsks() async throws {
        let world = try World(prefetch: true)
        let service = Task { await world.broker.keepFresh() }
        _ = await world.audit.events(1)
        #expect(try world.peek().released?.expiresIn == 3_600)
        service.cancel()
        await service.value
    }

    @Test func renewalHappensWhenItFallsDueAndNotBefore() async throws {
        let world = try World(prefetch: true)
        let start = world.time.now.boot
        let service = Task { await world.broker.keepFresh() }
        // The draw is 0.5: half of the way from a minute to the mean interval of 2,160 seconds.
        await world.time.sleeper(until: start + .seconds(1_110))
        world.time.advance(by: .seconds(1_109))
        #expect(world.exchanger.calls.count == 1)
        world.time.advance(by: .seconds(1))
        await world.exchanger.script.arrivals(2)
        service.cancel()
        await service.value
    }

    @Test func aProfileThatNobodyUsedIsLeftToExpire() async throws {
        let world = try World()
        _ = try await world.ask().get()
        let service = Task { await world.broker.keepFresh() }
        await world.time.sleeper(until: world.time.now.boot + .seconds(1_110))
        world.time.advance(by: .seconds(1_110))
        // The next look is for the key set.
        await world.time.sleeper(until: .seconds(1_000 + 1_650))
        #expect(world.exchanger.calls.count == 1)
        service.cancel()
        await service.value
    }

    @Test func aProfileInUseIsRenewed() async throws {
        let world = try World()
        _ = try await world.ask().get()
        _ = try await world.ask().get()
        let service = Task { await world.broker.keepFresh() }
        await world.time.sleeper(until: world.time.now.boot + .seconds(1_110))
        world.time.advance(by: .seconds(1_110))
        await world.exchanger.script.arrivals(2)
        service.cancel()
        await service.value
    }

    @Test func aKeySetThatHangsDoesNotHoldUpTheTokens() async throws {
        let world = try World(prefetch: true)
        let start = world.time.now.boot
        let service = Task { await world.broker.keepFresh() }
        await world.time.sleeper(until: start + .seconds(1_110))
        world.keySets.script.hold()
        world.time.advance(by: .seconds(3_600))
        await world.keySets.script.arrivals(2)
        // The key set is on the wire and does not answer; the token that ended is renewed nevertheless.
        await world.exchanger.script.arrivals(2)
        world.keySets.script.release()
        service.cancel()
        await service.value
    }

    @Test func aFailedRenewalIsTriedAgainAfterItsBackOff() async throws {
        let world = try World(prefetch: true)
        world.exchanger.script.append(.error(.upstreamFailed))
        let start = world.time.now.boot
        let service = Task { await world.broker.keepFresh() }
        // The draw is 0.5: half of the first ceiling of one second.
        await world.time.sleeper(until: start + .milliseconds(500))
        world.time.advance(by: .milliseconds(500))
        await world.exchanger.script.arrivals(2)
        _ = await world.audit.events(2)
        #expect(try world.peek().released != nil)
        service.cancel()
        await service.value
    }

    /// What fails is made up for, and what follows is due when it would have been: so an outage does not gather the renewals of a fleet.
    @Test func aRenewalThatFailedMovesNoLaterOne() async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.exchanger.script.append(.error(.upstreamFailed))
        world.time.advance(by: .seconds(1_110))
        _ = try await world.ask().get()
        _ = await world.audit.events(2)
        world.time.advance(by: .seconds(600))
        _ = try await world.ask().get()
        _ = await world.audit.events(3)
        #expect(world.exchanger.calls.count == 3)
        // 60 % of life after 1,110 s, where it was due: 1,560 s after 1,710 s, when it came.
        world.time.advance(by: .seconds(1_559))
        #expect(try await world.ask().get().expiresIn == 3_600 - 1_559)
        #expect(world.exchanger.calls.count == 3)
        world.time.advance(by: .seconds(1))
        try #require(world.broker.status.first?.state == .stale)
        _ = try await world.ask().get()
        await world.exchanger.script.arrivals(4)
    }

    @Test func anOperatorGetsANewTokenThroughAnOpenBreaker() async throws {
        let world = try World(draw: { 1 })
        for _ in 0..<5 {
            world.exchanger.script.append(.error(.upstreamFailed))
            _ = try await world.ask()
            world.time.advance(by: .seconds(5))
        }
        #expect(world.broker.status.first?.breaker == .open)
        #expect(try await world.lane.refresh(deadline: world.deadline) == nil)
        #expect(world.broker.status.first?.state == .fresh)
    }

    /// Every bad state has a way back: the status is a function of the state and nothing else.
    @Test func theStatusFollowsTheState() async throws {
        let world = try World()
        #expect(world.broker.status.first?.state == .absent)
        world.exchanger.script.append(.error(.upstreamFailed))
        _ = try await world.ask()
        #expect(world.broker.status.first?.state == .failing)
        #expect(world.broker.status.first?.lastError?.code == .upstreamFailed)
        world.time.advance(by: .seconds(5))
        _ = try await world.ask().get()
        #expect(world.broker.status.first?.state == .fresh)
        #expect(world.broker.status.first?.lastError == nil)
        world.time.advance(by: .seconds(2_160))
        #expect(world.broker.status.first?.state == .stale)
        world.time.advance(by: .seconds(1_440))
        #expect(world.broker.status.first?.state == .absent)
        _ = try await world.ask().get()
        #expect(world.broker.status.first?.state == .fresh)
    }

    /// A week, with a broken minute now and then: there is a usable token at every moment.
    @Test func aWeekInVirtualTimeNeverLacksAToken() async throws {
        let world = try World(prefetch: true, draw: { 0.3 })
        _ = try await world.ask().get()
        for minute in 0..<(7 * 24 * 60) {
            if minute % 97 == 0 { world.exchanger.script.append(.error(.upstreamFailed)) }
            world.time.advance(by: .seconds(60))
            let released = try await world.ask().get()
            #expect(released.expiresIn > 0)
        }
        // Renewal at 56 % of an hour: 300 in a week, and one more for each failure.
        #expect((300...420).contains(world.exchanger.calls.count))
    }
}
