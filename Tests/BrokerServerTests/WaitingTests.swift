import AccessPolicy
import BrokerTesting
import Testing
import TokenBroker

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct WaitingTests {
    @Test func aColdRequestWaitsForTheTokenThatIsOnItsWay() async throws {
        let world = try World()
        world.exchanger.script.hold()
        try await world.serving {
            let clients = [try await world.client(), try await world.client()]
            for client in clients { client.send(hotRequest) }
            await world.exchanger.script.arrivals(1)
            world.exchanger.script.release()
            for client in clients {
                #expect(try await client.answer().body == world.tokenBody())
                // The same connection is hot now.
                client.send(hotRequest)
                #expect(try await client.answer().body == world.tokenBody())
                await client.close()
            }
        }
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func aFailureUpstreamIsToldWithTheTimeToComeBack() async throws {
        let world = try World(
            exchanger: ScriptedExchanger { _ in
                .failure(AcquisitionError(.upstreamFailed, "scripted", retryAfter: .seconds(17)))
            }
        )
        try await world.serving {
            for _ in 1...2 {
                let answer = try await world.ask(hotRequest)
                #expect(answer.status == 503)
                // Not before, and not all at once: the draw is 0.5.
                #expect(answer["Retry-After"] == ["26"])
                #expect(
                    answer.body
                        == #"{"error":{"code":"unavailable","message":"no token for profile reports: scripted"}}"#
                )
            }
        }
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func aWaitEndsWithTheCallersPatienceAndTheAttemptGoesOn() async throws {
        let world = try World()
        world.exchanger.script.hold()
        try await world.serving {
            let client = try await world.client()
            client.send(hotRequest)
            await world.time.sleeper(until: world.time.now.boot + .seconds(5))
            await world.exchanger.script.arrivals(1)
            world.time.advance(by: .seconds(5))
            let refusal = try await client.answer()
            #expect(refusal.status == 503)
            #expect(refusal["Retry-After"] == ["1"])
            world.exchanger.script.release()
            _ = await world.audit.events(1)
            client.send(hotRequest)
            #expect(try await client.answer().status == 200)
            await client.close()
        }
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func aClientThatLeavesDoesNotEndTheFlightForTheNext() async throws {
        let world = try World()
        world.exchanger.script.hold()
        try await world.serving {
            let leaving = try await world.client()
            leaving.send(hotRequest)
            await world.exchanger.script.arrivals(1)
            await leaving.close()
            let next = try await world.client()
            next.send(hotRequest)
            world.exchanger.script.release()
            #expect(try await next.answer().body == world.tokenBody())
            await next.close()
        }
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func clientsThatLeaveInTheMiddleDisturbNobody() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            for part in [
                "G", "GET /v1/token?pro", String(hotRequest.dropLast(2)), String(repeating: hotRequest, count: 200),
            ] {
                let client = try await world.client()
                #expect(await client.sent(part))
                await client.close()
            }
            let answer = try await world.ask(hotRequest)
            #expect(try answer.body == world.tokenBody())
        }
    }
}
