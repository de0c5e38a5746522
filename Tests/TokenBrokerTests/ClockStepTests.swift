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
