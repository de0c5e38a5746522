import BrokerTesting
import Glibc
import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct StopTests {
    @Test func idleConnectionsAreClosedAndTheSocketFileIsGone() async throws {
        let world = try World()
        try await world.warm()
        let listener = try await world.startWorkload()
        let hot = try await world.client()
        hot.send(hotRequest)
        _ = try await hot.answer()
        let strict = try await world.client()
        strict.send(get("/v1/profiles"))
        _ = try await strict.answer()
        await listener.stop()
        #expect(try await hot.end().isEmpty)
        #expect(try await strict.end().isEmpty)
        #expect(access(world.workloadPath, F_OK) != 0)
        await #expect(throws: (any Error).self) { try await world.client() }
    }

    @Test(arguments: [hotRequest, strictRequest])
    func aRequestThatIsBeingAnsweredIsFinished(request: String) async throws {
        let world = try World()
        world.exchanger.script.hold()
        let listener = try await world.startWorkload()
        let client = try await world.client()
        client.send(request)
        await world.exchanger.script.arrivals(1)
        let idle = try await world.client()
        idle.send(get("/v1/profiles"))
        _ = try await idle.answer()
        async let stopped: Void = listener.stop()
        // The idle connection ends when the stop has reached the connections.
        #expect(try await idle.end().isEmpty)
        world.exchanger.script.release()
        let answer = try await client.answer()
        #expect(try answer.body == world.tokenBody())
        #expect(answer["Connection"] == ["close"])
        #expect(try await client.end().isEmpty)
        await stopped
    }

    @Test(arguments: [
        ("GET /v1/profiles HT", "TP/1.1\r\nHost: broker\r\n\r\n"),
        ("POST /v1/verify HTTP/1.1\r\nHost: broker\r\nContent-Length: 3\r\n\r\na", ".b"),
    ])
    func aRequestOfWhichHalfIsThereIsAnswered(first: String, second: String) async throws {
        let world = try World()
        try await world.warm()
        let listener = try await world.startWorkload()
        let client = try await world.client()
        #expect(await client.sent(first))
        // The listener's one event loop reads in the order of arrival, so the half is read when the other is answered.
        let idle = try await world.client()
        idle.send(get("/v1/profiles"))
        _ = try await idle.answer()
        async let stopped: Void = listener.stop()
        #expect(try await idle.end().isEmpty)
        client.send(second)
        #expect(try await client.answer().status == 200)
        #expect(try await client.end().isEmpty)
        await stopped
    }
}
