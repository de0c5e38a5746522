import CloudSimulator
import Foundation
import Testing

/// Whether operators are told that the daemon cannot serve, and that it can again.
@Suite(.timeLimit(.minutes(3)))
struct HealthTests {
    private func ask(_ world: World, _ target: String) async throws -> Reply {
        try await blocking {
            let connection = try Connection(world.admin)
            try connection.request("GET", target)
            return try #require(try connection.receive())
        }
    }

    @Test func whileIAMIsDownTheDaemonIsAliveAndNotReady() async throws {
        try await World.run { world in
            #expect(try await ask(world, "/readyz").body == "ok\n")
            #expect(try await ask(world, "/livez").body == "ok\n")

            world.cloud.set(.status(503), for: .iamToken)
            #expect(try await world.ask().status == 503)
            let reply = try await ask(world, "/readyz")
            #expect(reply.status == 503)
            #expect(reply.body.hasPrefix("not ready\nfailing: profile reports: it has no token: upstream_failed: "))
            // Others can be served, as far as anybody knows.
            #expect(!reply.body.contains("archive"))
            #expect(try await ask(world, "/livez").status == 200)
            let words = try await Program.command.run(["status", "--socket", world.admin])
            #expect(words.exitCode == 0)
            #expect(words.output.contains("\nNOT READY:\n  profile reports: it has no token: upstream_failed: "))
            #expect(words.output.contains("\n    do: iam-broker doctor\n        iam-broker refresh reports\n"))

            world.cloud.clearFaults()
            try await world.expectRecovery()
            let ready = try await ask(world, "/readyz")
            #expect(ready.status == 200)
            #expect(ready.body == "ok\n")

            // A renewal that fails takes nothing from anybody.
            world.cloud.set(.status(503), for: .iamToken)
            #expect(try await world.refresh().status == 503)
            let degraded = try await ask(world, "/readyz?format=json")
            #expect(degraded.status == 200)
            #expect(degraded.body.contains(#""status":"degraded""#))
            #expect(degraded.body.contains("could not be renewed"))
            try world.expectToken(try await world.ask())
        }
    }

    @Test func aLockIsNoReasonToBeUnready() async throws {
        try await World.run { world in
            #expect(try await Program.command.run(["lock", "reports", "--socket", world.admin]).exitCode == 0)
            let reply = try await ask(world, "/readyz")
            #expect(reply.status == 200)
            #expect(reply.body == "ok\nnote: profile reports: an operator locked it, so nobody gets its token\n")
        }
    }

    @Test func theActivityIsThatOfTheDaemon() async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask())
            try world.expectToken(try await world.ask())
            #expect(try await world.ask("locked").status == 403)
            let reply = try await ask(world, "/v1/activity")
            let answer = try #require(try JSONSerialization.jsonObject(with: Data(reply.body.utf8)) as? [String: Any])
            let shares = try #require(answer["workloads"] as? [[String: Any]])
            #expect(shares.map { $0["released"] as? Int } == [2])
            let denials = try #require(answer["last_denials"] as? [[String: Any]])
            let id = try #require(denials.first?["decision"] as? String)
            #expect(denials.count == 1)
            let explained = try await Program.command.run(["explain", id, "--socket", world.admin])
            #expect(explained.exitCode == 0)
            #expect(explained.output.contains("locked"))
        }
    }
}
