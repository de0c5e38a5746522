import BrokerTesting
import FoundationEssentials
import Testing

@testable import TokenBroker

/// The wall clock is set while a token is cached: the earlier of the two clocks' ends counts.
struct ClockStepTests {
    @Test func settingTheClockBackDoesNotProlongAToken() async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.time.setWall(by: -3_600)
        world.exchanger.script.append(.error(.upstreamFailed), .error(.upstreamFailed))
        world.time.advance(by: .seconds(3_599))
        #expect(try await world.ask().get().expiresIn == 1)
        world.time.advance(by: .seconds(1))
        #expect(try world.peek().released == nil)
    }

    @Test func settingTheClockForwardEndsATokenAtOnce() async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.time.setWall(by: 3_600)
        #expect(try world.peek().mustWait)
        #expect(try await world.ask().get().expiresIn == 3_600)
        #expect(world.exchanger.calls.count == 2)
    }

    @Test(arguments: [(-31.0, false), (-30.0, true), (3_599.0, true), (3_600.0, false)])
    func aTokenIsJudgedByTheClockThatIsThere(step: TimeInterval, isAccepted: Bool) async throws {
        let mint = try TokenMint()
        let exchanger = ScriptedExchanger { _ in
            Result { try mint.token(issuedAt: ManualTime.start) }
                .mapError { _ in AcquisitionError(.malformedAnswer, "the mint is broken") }
        }
        let world = try World(exchanger: exchanger)
        world.time.setWall(by: step)
        let result = try await world.ask()
        #expect((result.code == nil) == isAccepted)
        if !isAccepted {
            #expect(result.code == .tokenRejected)
            guard case .failure(let refusal) = result else { return }
            #expect(refusal.error.message.contains("clock"))
        }
    }

    @Test func aClockThatIsSetRightEndsTheBackOffThatItCaused() async throws {
        let world = try World(draw: { 1 })
        // An hour behind: what IAM issues comes from the future.
        let mint = world.mint
        world.exchanger.script.append(
            contentsOf: try (0..<5).map { _ in .success(try mint.token(issuedAt: ManualTime.start + 3_600)) }
        )
        for _ in 0..<5 {
            #expect(try await world.ask().code == .tokenRejected)
            world.time.advance(by: .seconds(5))
        }
        #expect(world.broker.status.first?.breaker == .open)
        world.time.setWall(by: 3_600)
        world.broker.clockWasSet()
        #expect(try await world.ask().get().expiresIn == 3_600)
    }

    @Test func aClockThatIsSetDoesNotOverruleRetryAfter() async throws {
        let world = try World()
        world.exchanger.script.append(.error(.rateLimited, retryAfter: .seconds(60)))
        #expect(try await world.ask().code == .rateLimited)
        world.broker.clockWasSet()
        #expect(try await world.ask().code == .rateLimited)
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func aYoungTokenThatAStepEndedIsRenewedAtOnce() async throws {
        let world = try World()
        _ = try await world.ask().get()
        world.time.setWall(by: 3_590)
        #expect(try await world.ask().get().expiresIn == 3_600)
        #expect(world.exchanger.calls.count == 2)
    }

    @Test func aStepIsLookedAtWithoutWaitingForATimer() async throws {
        let world = try World(prefetch: true)
        let service = Task { await world.broker.keepFresh() }
        defer { service.cancel() }
        _ = await world.audit.events(1)
        world.time.setWall(by: 3_600)
        world.broker.clockWasSet()
        await world.exchanger.script.arrivals(2)
    }
}
