import BrokerTesting
import JOSE
import Testing
import TokenBroker

/// How requests were served is counted for operators.
struct LaneUseTests {
    @Test func whoFindsATokenAndWhoWaitsAreToldApart() async throws {
        let world = try World()
        world.exchanger.script.hold()
        let first = Task { try await world.ask() }
        await world.exchanger.script.arrivals(1)
        let second = Task { try await world.ask() }
        // Both wait before the exchange ends.
        while try world.lane.use.waited < 2 { await Task.yield() }
        world.exchanger.script.release()
        for caller in [first, second] { _ = try await caller.value.get() }
        let use = try world.lane.use
        #expect((use.cached, use.waited, use.joined) == (0, 2, 1))
        for _ in 0..<3 { _ = try await world.ask().get() }
        _ = try world.peek()
        let later = try world.lane.use
        #expect((later.cached, later.waited, later.joined) == (4, 2, 1))
    }

    @Test func anOperatorsWaitIsNoRequest() async throws {
        let world = try World()
        #expect(try await world.lane.refresh(deadline: world.deadline) == nil)
        let use = try world.lane.use
        #expect((use.cached, use.waited, use.joined) == (0, 0, 0))
    }

    @Test func whoeverIsRefusedFoundNothing() async throws {
        let world = try World(exchanger: ScriptedExchanger(.error(.forbidden)))
        #expect(try await world.ask().code == .forbidden)
        #expect(try await world.ask().code == .forbidden)
        let use = try world.lane.use
        #expect((use.cached, use.waited, use.joined) == (0, 1, 0))
    }
}
