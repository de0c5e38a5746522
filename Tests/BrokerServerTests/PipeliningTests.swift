import BrokerTesting
import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct PipeliningTests {
    @Test func requestsBehindOneThatWaitsAreAnsweredInOrder() async throws {
        let world = try World()
        world.exchanger.script.hold()
        try await world.serving {
            let client = try await world.client()
            client.send(hotRequest + get("/v1/profiles") + hotRequest)
            await world.exchanger.script.arrivals(1)
            client.send(get("/v1/nothing"))
            world.exchanger.script.release()
            let answers = try await client.answers(4)
            #expect(answers.map(\.status) == [200, 200, 200, 404])
            #expect(try answers[0].body == world.tokenBody())
            #expect(answers[1].body == #"{"profiles":["archive","reports"]}"#)
            #expect(answers[2] == answers[0])
            await client.close()
        }
        #expect(world.exchanger.calls.count == 1)
    }

    /// The event loop reads several times in one turn: what comes after the error must not end the answer before it.
    @Test func whatFollowsAHeadThatIsTooLargeIsThrownAway() async throws {
        let world = try World()
        world.exchanger.script.hold()
        let pipeline = try await TestPipeline(world)
        try await pipeline.receive(strictRequest)
        await world.exchanger.script.arrivals(1)
        for _ in 1...3 { try await pipeline.receive("GET /" + String(repeating: " ", count: 20_000)) }
        world.exchanger.script.release()
        #expect(try await pipeline.answer().status == 200)
        #expect(try await pipeline.answer().status == 400)
    }

    /// What is wrong with the second is told after the first is answered, not in its place.
    @Test(arguments: [
        "GET /" + String(repeating: " ", count: 60_000), get("/", ["A: " + String(repeating: "a", count: 9_000)]),
    ])
    func aHeadThatIsTooLargeWaitsForTheAnswerBeforeIt(overlong: String) async throws {
        let world = try World()
        world.exchanger.script.hold()
        try await world.serving {
            let client = try await world.client()
            client.send(strictRequest + overlong)
            await world.exchanger.script.arrivals(1)
            world.exchanger.script.release()
            let answers = try await client.answers(2)
            #expect(answers.map(\.status) == [200, 400])
            #expect(answers[1].body.contains("the head of the request is too large"))
            #expect(try await client.end().isEmpty)
        }
    }

    @Test(arguments: [
        [hotRequest, request("POST", "/v1/verify", body: "x"), hotRequest],
        [strictRequest, hotRequest, hotRequest],
        [hotRequest, get("/v1/token?profile=backups"), get("/v1/profiles"), strictRequest],
        [get("/v1/nothing"), hotRequest],
        [get("/v1/token?profile=archive"), hotRequest, get("/v1/token?profile=archive"), hotRequest],
    ])
    func requestsInOneWriteAreAnsweredAsIfEachHadComeAlone(requests: [String]) async throws {
        let world = try World()
        try await world.warm()
        try await world.warm("archive")
        try await world.serving {
            var expected: [WireAnswer] = []
            for request in requests { expected.append(try await world.ask(request)) }
            let client = try await world.client()
            client.send(requests.joined())
            let answers = try await client.answers(requests.count)
            #expect(answers.map(\.status) == expected.map(\.status))
            for (answer, expected) in zip(answers, expected) where answer.status != 403 { #expect(answer == expected) }
            await client.close()
        }
    }

    @Test func manyRequestsInOneWriteAreAllAnswered() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let client = try await world.client()
            client.send(String(repeating: hotRequest + get("/v1/profiles"), count: 500))
            let answers = try await client.answers(1_000)
            #expect(Set(answers.map(\.body)).count == 2)
            #expect(try answers[998].body == world.tokenBody())
            await client.close()
        }
    }

    @Test func nothingIsAnsweredAfterARequestThatEndsTheConnection() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let client = try await world.client()
            client.send(get("/v1/profiles", ["Connection: close"]))
            let answer = try await client.answer()
            #expect(answer["Connection"] == ["close"])
            #expect(try await client.end().isEmpty)
        }
    }

    @Test func afterARequestToUpgradeTheConnectionIsClosed() async throws {
        // The codec keeps what follows such a request for ever: nothing may follow.
        let world = try World()
        try await world.serving {
            let client = try await world.client()
            client.send(get("/v1/profiles", ["Connection: Upgrade", "Upgrade: websocket"]))
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer["Connection"] == ["close"])
            #expect(try await client.end().isEmpty)
        }
    }
}
