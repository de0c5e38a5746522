import BrokerAPI
import BrokerTesting
import Foundation
import NIOCore
import Testing
import TokenBroker

@testable import BrokerServer

/// Health and activity over the admin socket.
@Suite(.timeLimit(.minutes(2)))
struct HealthRouteTests {
    private func asking(
        _ world: World,
        vitals: Vitals = Vitals(),
        _ requests: [String]
    ) async throws -> [WireAnswer] {
        let listener = try await world.startAdmin(vitals)
        let client = try await WireClient.connect(to: world.adminPath, on: world.group)
        var answers: [WireAnswer] = []
        do {
            for request in requests {
                client.send(request)
                answers.append(try await client.answer())
            }
        } catch {
            await client.close()
            await listener.stop()
            throw error
        }
        await client.close()
        await listener.stop()
        return answers
    }

    @Test func whoIsWellSaysOk() async throws {
        let answers = try await asking(
            World(),
            [
                get("/livez"), get("/readyz"), get("/readyz?format=json"),
                get("/livez", ["Accept: application/json"]), get("/readyz?format=text", ["Accept: application/json"]),
            ]
        )
        #expect(answers.map(\.status) == [200, 200, 200, 200, 200])
        let json = #"{"findings":[],"status":"ok"}"#
        #expect(answers.map(\.body) == ["ok\n", "ok\n", json, json, "ok\n"])
        #expect(answers[0]["Content-Type"] == ["text/plain; charset=utf-8"])
        #expect(answers[2]["Content-Type"] == ["application/json"])
        #expect(answers[0]["Cache-Control"] == ["no-store"])
    }

    @Test func whoIsNotReadyNamesTheProfileAndTheCause() async throws {
        let error = AcquisitionError(.forbidden, "scripted\n\u{202E}eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln")
        let world = try World(exchanger: ScriptedExchanger(.failure(error)))
        let answers = try await asking(
            world,
            [
                request("POST", "/v1/refresh?profile=reports"), get("/readyz"), get("/readyz?format=json"),
                get("/livez"), get("/v1/status"),
            ]
        )
        #expect(answers.map(\.status) == [503, 503, 503, 200, 200])
        let lines = answers[1].body.split(separator: "\n")
        #expect(lines.first == "not ready")
        #expect(
            lines.dropFirst().first?.hasPrefix("failing: profile reports: it has no token: forbidden: scripted\\u{a}")
                == true
        )
        #expect(lines.count == 2)
        #expect(answers[2].body.contains(#""commands":["iam-broker doctor","iam-broker refresh reports"]"#))
        #expect(answers[4].body.contains(#""health":{"findings":[{"commands":["#))
        for answer in answers[1...3] { #expect(!answer.body.contains("eyJ")) }
    }

    @Test func aListenerOrALoopThatIsGoneIsNamed() async throws {
        let vitals = Vitals(
            listeners: { [.init(name: "/run/w", isListening: false)] },
            eventLoops: { [.zero, .seconds(60)] },
            rotations: {
                [.init(name: "keys", kind: "iam-api-key", profile: "reports", state: "halted", reason: "look at it")]
            }
        )
        let answers = try await asking(World(), vitals: vitals, [get("/readyz"), get("/livez")])
        #expect(answers.map(\.status) == [503, 503])
        let ready = answers[0].body
        #expect(ready.contains("failing: listener /run/w: nothing listens there"))
        #expect(ready.contains("failing: event loop 1: the event loop did not turn for 60 s"))
        #expect(ready.contains("degraded: rotation keys: it is halted: look at it"))
        #expect(answers[1].body.hasPrefix("not alive\nfailing: event loop 1:"))
        #expect(!answers[1].body.contains("listener"))
    }

    @Test(arguments: [
        ("GET", "/readyz?format=xml", 400), ("GET", "/livez?x", 400), ("POST", "/readyz", 405), ("PUT", "/livez", 405),
        ("DELETE", "/v1/activity", 405), ("GET", "/healthz", 404),
    ])
    func whatIsNotServedIsSaid(method: String, target: String, status: Int) async throws {
        let answers = try await asking(World(), [request(method, target)])
        #expect(answers.map(\.status) == [status])
    }

    @Test func theActivityNamesWhoGotAndWhoWasRefused() async throws {
        let world = try World()
        try await world.warm()
        let pipeline = try await TestPipeline(world)
        for (profile, status) in [("reports", 200), ("reports", 200), ("backups", 403), ("backups", 403), ("x", 403)] {
            try await pipeline.receive("GET /v1/token?profile=\(profile) HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await pipeline.answer().status == status)
            world.time.advance(by: .seconds(1))
        }
        let answers = try await asking(world, [get("/v1/activity")])
        let activity = try JSONDecoder().decode(ActivityResponse.self, from: Data(answers[0].body.utf8))
        let start = Int(ManualTime.start.timeIntervalSince1970)
        #expect(activity.now == start + 5)
        #expect(activity.profiles.map(\.name) == ["archive", "backups", "reports"])
        #expect(activity.profiles[2].outcomes["released"] == 2)
        #expect(activity.profiles[1].outcomes["denied"] == 2)
        #expect(activity.elsewhere["denied"] == 1)
        #expect(activity.workloads.map(\.released) == [2])
        #expect(activity.workloads.first?.workload.userID == Int(getuid()))
        #expect(activity.lastDenials.map(\.profile) == ["x", "backups"])
        #expect(activity.lastDenials.map(\.count) == [1, 2])
        #expect(activity.lastDenials[1].lastAt == start + 3)
        #expect(activity.lastDenials[1].firstAt == start + 2)
        #expect(activity.refusals.map(\.count) == [2, 1])
        #expect(activity.minutes.map(\.released) == [2])
        #expect(activity.minutes.map(\.refused) == [3])
        // Whoever asks is told why by the ID.
        #expect(world.gate.decisions.record(activity.lastDenials[0].decision) != nil)
    }

    @Test func denialsAreBounded() throws {
        let world = try World()
        for profile in 0..<80 {
            _ = world.gate.decisions.note(
                .attestation("n\(profile)"),
                workload: nil,
                userID: 7,
                profile: nil,
                generation: 1
            )
            world.time.advance(by: .seconds(1))
        }
        let activity = ActivityResponse(world.recorder, world.gate.decisions, now: world.time.now.wall)
        #expect(activity.lastDenials.count == 50)
        #expect(activity.lastDenials.first?.message.hasSuffix("n79") == true)
        #expect(activity.lastDenials.first?.workload == nil)
        #expect(activity.lastDenials.first?.userID == 7)
        world.time.advance(by: .seconds(3_600))
        #expect(ActivityResponse(world.recorder, world.gate.decisions, now: world.time.now.wall).lastDenials.isEmpty)
    }

    @Test func everyLoopThatTurnsIsSeenToTurn() async throws {
        let world = try World()
        let turns = EventLoopTurns(world.group, time: world.time, interval: .milliseconds(1))
        world.time.advance(by: .seconds(60))
        let deadline = ContinuousClock.now + .seconds(30)
        while turns.sinceLast != [.zero], ContinuousClock.now < deadline { await Task.yield() }
        #expect(turns.sinceLast == [.zero])
    }

    @Test func aListenerIsOnTheBoardWhileItListens() async throws {
        let world = try World()
        let board = ListenerBoard()
        board.expect(["a", "b"])
        #expect(board.listeners.map(\.isListening) == [false, false])
        let listener = try await world.startAdmin()
        board.started(1, listener)
        #expect(board.listeners == [.init(name: "a", isListening: false), .init(name: "b", isListening: true)])
        await listener.stop()
        #expect(board.listeners.map(\.isListening) == [false, false])
    }
}
