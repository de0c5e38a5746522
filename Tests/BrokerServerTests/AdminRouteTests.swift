import AccessPolicy
import BrokerTesting
import FoundationEssentials
import Testing
import TokenBroker

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct AdminRouteTests {
    @Test func theStatusTellsHowEachProfileIs() async throws {
        let world = try World()
        try await world.warm()
        world.time.advance(by: .seconds(60))
        let start = Int(ManualTime.start.timeIntervalSince1970)
        try await administering(world) { client in
            client.send(get("/v1/status"))
            let answer = try await client.answer()
            #expect(answer.status == 200)
            let absent = #"{"breaker":"closed","consecutive_failures":0,"name":"archive","state":"absent"}"#
            #expect(
                answer.body == #"{"health":{"findings":[],"status":"ok"},"key_ids":["202608310826"],"#
                    + #""policy":{"denials":0,"generation":1,"grants":2,"loaded_at":\#(start)},"profiles":["#
                    + [
                        absent, absent.replacing("archive", with: "backups"),
                        #"{"breaker":"closed","consecutive_failures":0,"expires_at":\#(start + 3_600),"expires_in":3540,"#
                            + #""issued_at":\#(start),"name":"reports","next_attempt_in":1050,"state":"fresh"}"#,
                    ]
                    .joined(separator: ",") + #"],"signing_keys":[{"first_seen":\#(start),"first_seen_ago":60,"#
                    + #""key_id":"202608310826","last_seen":\#(start),"last_seen_ago":60,"#
                    + #""last_token_ends_at":\#(start + 3_600),"last_token_ends_in":3540,"state":"published"}],"#
                    + #""version":"0.1.0"}"#
            )
        }
    }

    @Test(arguments: [("", ["archive", "backups", "reports"]), ("?profile=archive", ["archive"])])
    func aRefreshObtainsNewTokens(query: String, profiles: [String]) async throws {
        let world = try World()
        try await administering(world) { client in
            client.send(request("POST", "/v1/refresh\(query)"))
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer.body.contains(#""state":"fresh""#))
        }
        #expect(world.exchanger.calls.map(\.profile.name.rawValue).sorted() == profiles)
    }

    @Test(arguments: [
        ("POST", "/v1/refresh?profile=nothing", 404, "not_found"), ("POST", "/v1/refresh?profile=", 400, "bad_request"),
        ("POST", "/v1/refresh?name=reports", 400, "bad_request"),
        ("POST", "/v1/refresh?profile=reports&profile=archive", 400, "bad_request"),
        ("GET", "/v1/refresh", 405, "method_not_allowed"), ("POST", "/v1/status", 405, "method_not_allowed"),
        ("GET", "/v1/token?profile=reports", 404, "not_found"),
    ])
    func whatOperatorsMayNotAskForIsRefused(method: String, target: String, status: Int, code: String) async throws {
        let world = try World()
        try await administering(world) { client in
            client.send(request(method, target))
            let answer = try await client.answer()
            #expect(answer.status == status)
            #expect(answer.body.contains(#""code":"\#(code)""#))
        }
        #expect(world.exchanger.calls.isEmpty)
    }

    @Test func aRefreshThatFailsNamesTheProfile() async throws {
        let world = try World(exchanger: ScriptedExchanger(.failure(AcquisitionError(.forbidden, "scripted"))))
        try await administering(world) { client in
            client.send(request("POST", "/v1/refresh?profile=reports"))
            let answer = try await client.answer()
            #expect(answer.status == 503)
            #expect(answer["Retry-After"] == ["60"])
            #expect(answer.body == #"{"error":{"code":"unavailable","message":"reports: scripted"}}"#)
            client.send(get("/v1/status"))
            let status = try await client.answer()
            #expect(status.body.contains(#""last_error":"forbidden: scripted","name":"reports""#))
            #expect(status.body.contains(#""state":"failing""#))
        }
    }

    private func administering(_ world: World, _ body: (WireClient) async throws -> Void) async throws {
        let listener = try await world.startAdmin()
        let client = try await WireClient.connect(to: world.adminPath, on: world.group)
        do {
            try await body(client)
        } catch {
            await client.close()
            await listener.stop()
            throw error
        }
        await client.close()
        await listener.stop()
    }
}
