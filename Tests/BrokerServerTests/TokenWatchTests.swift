import AccessPolicy
import BrokerTesting
import FoundationEssentials
import NIOCore
import Testing
import TokenBroker

@testable import BrokerServer

/// Programs that want to be told of a new token.
@Suite(.timeLimit(.minutes(2)))
struct TokenWatchTests {
    private static func watch(_ query: String) -> String { get("/v1/token/watch?\(query)") }

    private func lane(_ world: World) throws -> ProfileLane {
        let name = try #require(ProfileName("reports"))
        return try #require(world.broker.lane(name))
    }

    private func expiry(_ world: World) throws -> Int {
        let status = try lane(world).status
        return Int(try #require(status.expiresAt).timeIntervalSince1970)
    }

    @Test(arguments: ["profile=reports", "profile=reports&after=0", "after=1&profile=reports"])
    func whatIsNewsAlreadyIsToldAtOnce(query: String) async throws {
        let world = try World()
        try await world.warm()
        let expiry = try expiry(world)
        try await world.serving {
            let answer = try await world.ask(Self.watch(query))
            #expect(answer.status == 200)
            #expect(answer.body.hasPrefix(#"{"changed":true,"expires_at":\#(expiry),"expires_in":"#), "\(answer.body)")
            #expect(!answer.body.contains("eyJ"))
        }
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func aNewTokenEndsTheWait() async throws {
        let world = try World()
        try await world.warm()
        let expiry = try expiry(world)
        try await world.serving {
            let clients = [try await world.client(), try await world.client()]
            for client in clients { client.send(Self.watch("profile=reports&after=\(expiry)")) }
            let deadline = world.time.now.boot + .seconds(50)
            for _ in clients { await world.time.sleeper(until: deadline) }
            world.time.advance(by: .seconds(10))
            let error = try await lane(world).refresh(deadline: world.time.now.boot + .seconds(5))
            #expect(error == nil)
            for client in clients {
                let answer = try await client.answer()
                #expect(answer.status == 200)
                #expect(
                    answer.body.contains(#""changed":true"#) && answer.body.contains(#""expires_at":\#(expiry + 10)"#)
                )
                await client.close()
            }
        }
    }

    @Test func withoutNewsTheWaitEndsAfterFiftySeconds() async throws {
        let world = try World()
        try await world.warm()
        let expiry = try expiry(world)
        try await world.serving {
            let client = try await world.client()
            client.send(Self.watch("profile=reports&after=\(expiry)"))
            await world.time.sleeper(until: world.time.now.boot + .seconds(50))
            world.time.advance(by: .seconds(50))
            #expect(try await client.answer().body == #"{"changed":false,"profile":"reports"}"#)
            await client.close()
        }
    }

    @Test func watchingGetsNobodyAToken() async throws {
        let world = try World()
        try await world.serving {
            let client = try await world.client()
            client.send(Self.watch("profile=reports"))
            await world.time.sleeper(until: world.time.now.boot + .seconds(50))
            world.time.advance(by: .seconds(50))
            #expect(try await client.answer().body == #"{"changed":false,"profile":"reports"}"#)
            await client.close()
        }
        #expect(world.exchanger.calls.isEmpty)
    }

    @Test func aStopEndsTheWait() async throws {
        let world = try World()
        try await world.warm()
        let expiry = try expiry(world)
        try await world.serving {
            let client = try await world.client()
            client.send(Self.watch("profile=reports&after=\(expiry)"))
            await world.time.sleeper(until: world.time.now.boot + .seconds(50))
            world.broker.endNews()
            #expect(try await client.answer().body == #"{"changed":false,"profile":"reports"}"#)
            client.send(Self.watch("profile=reports&after=\(expiry)"))
            #expect(try await client.answer().body == #"{"changed":false,"profile":"reports"}"#)
            await client.close()
        }
    }

    @Test func aLockEndsTheWait() async throws {
        let world = try World()
        try await world.warm()
        let expiry = try expiry(world)
        try await world.serving {
            let client = try await world.client()
            client.send(Self.watch("profile=reports&after=\(expiry)"))
            await world.time.sleeper(until: world.time.now.boot + .seconds(50))
            _ = try await world.broker.lock(nil, by: 0)
            let answer = try await client.answer()
            #expect(answer.status == 403)
            #expect(answer.body.contains(#""code":"locked""#), "\(answer.body)")
            await client.close()
        }
    }

    @Test func aClientThatGoesAwayIsForgotten() async throws {
        let world = try World()
        try await world.warm()
        let expiry = try expiry(world)
        let (ended, end) = AsyncStream<Void>.makeStream()
        let standard = WorkloadRoutes(broker: world.broker, gate: world.gate, emulation: world.emulation)
        let peer = ScriptedPeer(world.workload)
        let pipeline = try await TestPipeline(
            world,
            routes: { request in
                defer { end.yield() }
                return await standard.respond(to: request, from: peer)
            }
        )
        try await pipeline.receive(Self.watch("profile=reports&after=\(expiry)"))
        let deadline = world.time.now.boot + .seconds(50)
        await world.time.sleeper(until: deadline)
        try await pipeline.channel.close()
        // Without time passing.
        for await _ in ended { break }
    }

    @Test(arguments: [
        ("profile=backups", 403, "denied"), ("profile=nothing", 403, "denied"), ("", 400, "bad_request"),
        ("profile=reports&min_ttl=1", 400, "bad_request"), ("profile=reports&after=-1", 400, "bad_request"),
        ("profile=reports&after=253402300800", 400, "bad_request"), ("profile=reports&after=", 400, "bad_request"),
        ("profile=reports&after=1&after=1", 400, "bad_request"),
        ("profile=reports&after=9999999999999999999", 400, "bad_request"),
    ])
    func policyDecidesAndMistakesAreSaid(query: String, status: Int, code: String) async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let answer = try await world.ask(Self.watch(query))
            #expect(answer.status == status)
            #expect(answer.body.contains(#""code":"\#(code)""#), "\(answer.body)")
        }
    }
}
