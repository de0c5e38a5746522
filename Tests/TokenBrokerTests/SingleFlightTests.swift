import BrokerTesting
import JOSE
import Testing
import TokenBroker

/// However many ask, one exchange runs, and nobody's going away harms the others.
struct SingleFlightTests {
    @Test func tenThousandRequestsForOneColdProfileMakeOneExchange() async throws {
        let world = try World()
        world.exchanger.script.hold()
        let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<10_000 {
                group.addTask { try? await world.ask().get().cached.token.compact.exposed }
            }
            await world.exchanger.script.arrivals(1)
            world.exchanger.script.release()
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(tokens.count == 1)
        #expect(!tokens.contains(nil))
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func aCallerWhoGoesAwayHarmsNobody() async throws {
        let world = try World()
        world.exchanger.script.hold()
        let impatient = Task { try await world.ask() }
        await world.exchanger.script.arrivals(1)
        let patient = Task { try await world.ask() }
        impatient.cancel()
        #expect(try await impatient.value.code == .timedOut)
        world.exchanger.script.release()
        #expect(try await patient.value.get().expiresIn == 3_600)
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func whoeverWaitsIsToldOfTheFailure() async throws {
        let world = try World(exchanger: ScriptedExchanger(.error(.upstreamFailed)))
        world.exchanger.script.hold()
        let callers = (0..<20).map { _ in Task { try await world.ask() } }
        await world.exchanger.script.arrivals(1)
        world.exchanger.script.release()
        for caller in callers { #expect(try await caller.value.code == .upstreamFailed) }
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func aWaitEndsAtItsDeadlineAndTheFlightGoesOn() async throws {
        let world = try World()
        world.exchanger.script.hold()
        let deadline = world.deadline
        let caller = Task { try await world.ask() }
        await world.exchanger.script.arrivals(1)
        await world.time.sleeper(until: deadline)
        world.time.advance(by: .seconds(5))
        #expect(try await caller.value.code == .timedOut)
        world.exchanger.script.release()
        _ = await world.audit.events(1)
        #expect(try world.peek().released != nil)
        #expect(world.exchanger.calls.count == 1)
    }
}
