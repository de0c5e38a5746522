import CloudSimulator
import Testing

/// The command line and the daemon, together.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct CommandLineTests {
    @Test
    func tokenPrintsExactlyTheTokenAndVerifyAcceptsIt() async throws {
        try await World.run { world in
            let token = try await Program.command.run(["token", "--socket", world.workload, "--profile", "reports"])
            #expect(token.exitCode == 0)
            #expect(token.errors.isEmpty)
            let reply = try await world.ask()
            try world.expectToken(reply)
            let isExact = token.output == (reply.token ?? "") + "\n"
            #expect(isExact)
            let jwks = "\(world.url)/identity/keys"
            let genuine = try await Program.command
                .run(["verify", "--jwks", jwks, "--issuer", World.issuer, "--leeway", "1"], input: token.output)
            #expect(genuine.exitCode == 0, "\(genuine.errors)")
            let foreign = try await Program.command
                .run(["verify", "--jwks", jwks, "--issuer", "https://example.com"], input: token.output)
            #expect(foreign.exitCode == 1)
        }
    }

    @Test
    func tokenOfARefusedProfileIsARefusal() async throws {
        try await World.run { world in
            let run = try await Program.command.run(["token", "--socket", world.workload, "--profile", "locked"])
            #expect(run.exitCode == 77)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("profile locked is not for this process"))
        }
    }

    @Test
    func tokenThatCannotBeHadIsUnavailable() async throws {
        try await World.run { world in
            world.cloud.set(.status(500), for: .iamToken)
            let run = try await Program.command.run(["token", "--socket", world.workload, "--profile", "reports"])
            #expect(run.exitCode == 69)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("no token for profile reports"))
        }
    }

    @Test
    func statusAndRefreshSpeakOfTheProfiles() async throws {
        try await World.run { world in
            let refresh = try await Program.command.run(["refresh", "reports", "--socket", world.admin])
            #expect(refresh.exitCode == 0, "\(refresh.errors)")
            let status = try await Program.command.run(["status", "--socket", world.admin])
            #expect(status.exitCode == 0)
            let line = status.output.split(separator: "\n").first { $0.hasPrefix("reports") }
            #expect(line?.contains("fresh") == true, "\(status.output)")
            let profiles = try await Program.command.run(["profiles", "--socket", world.workload])
            #expect(profiles.output.split(separator: "\n").sorted() == ["archive", "backups", "reports"])
        }
    }
}
