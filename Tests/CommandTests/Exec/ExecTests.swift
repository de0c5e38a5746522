import Foundation
import Testing

/// A program that runs with a token in its environment.
@Suite(.timeLimit(.minutes(2))) struct ExecTests {
    private func run(
        _ arguments: [String],
        environment: [String: String] = ["PATH": "/usr/bin:/bin"],
        input: String = "",
        _ script: FakeDaemon.Script = .answer("200 OK", CredentialTests.answer)
    ) async throws -> CommandRun {
        try await FakeDaemon.onSocket(script) { socket, _ in
            let environment = environment.merging(["IAM_BROKER_SOCKET": socket]) { $1 }
            let run = try await CommandRun(["exec"] + arguments, input: Data(input.utf8), environment: environment)
            #expect(!run.errors.contains("eyJ"))
            return run
        }
    }

    @Test(arguments: [
        ([], "IC_IAM_TOKEN IBMCLOUD_IAM_TOKEN"), (["--env", "A", "--env", "_b2"], "A _b2"), (["--env", "A"], "A"),
    ])
    func theTokenIsInTheVariables(options: [String], names: String) async throws {
        let script = "for name in $NAMES; do printenv $name; done; printenv | grep -c \(CredentialTests.token)"
        let environment = ["PATH": "/usr/bin:/bin", "NAMES": names]
        let run = try await run(["--profile", "p"] + options + ["--", "sh", "-c", script], environment: environment)
        #expect(run.exitCode == 0, "\(run.errors)")
        let names = names.split(separator: " ")
        #expect(run.output == String(repeating: CredentialTests.token + "\n", count: names.count) + "\(names.count)\n")
    }

    @Test(arguments: [
        ("exit 0", Int32(0)), ("exit 7", 7), ("kill -USR1 $$", -10), ("kill -TERM $$", -15), ("kill -PIPE $$", -13),
    ])
    func itsEndIsOurs(script: String, exitCode: Int32) async throws {
        #expect(try await run(["--", "sh", "-c", script]).exitCode == exitCode)
    }

    @Test func itGetsItsArgumentsAndInputAsTheyAre() async throws {
        let run = try await run(
            ["--", "sh", "-c", "cat; printf '<%s>' \"$@\"", "--", "a b", "--profile", "", "--"],
            input: "in\n"
        )
        #expect(run.exitCode == 0)
        #expect(run.output == "in\n<a b><--profile><><-->")
        #expect(run.errors.isEmpty)
    }

    @Test(arguments: [("3001", false), ("3002", true), ("0", false)])
    func aTokenThatMayEndBeforeIsSaidTo(seconds: String, warns: Bool) async throws {
        let run = try await run(["--expect", seconds, "--", "true"])
        #expect(run.exitCode == 0)
        #expect(
            run.errors.contains("warning: the token ends in 50m 1s, and the program is expected to run for 50m 2s")
                == warns
        )
    }

    @Test(arguments: [
        ("/nonexistent/program", Int32(127)), ("no-such-program-here", 127), ("/etc/passwd", 126), ("/", 126),
    ])
    func aProgramThatCannotBeRunIsSaid(program: String, exitCode: Int32) async throws {
        let run = try await run(["--", program])
        #expect(run.exitCode == exitCode)
        #expect(run.errors.contains("cannot run \"\(program)\": "))
    }

    @Test(arguments: [
        [], ["--"], ["--env", "A B", "--", "true"], ["--env", "A=B", "--", "true"], ["--expect", "-1", "--", "true"],
        ["true"],
    ])
    func wrongUsageRunsNothing(arguments: [String]) async throws {
        let run = try await run(arguments)
        #expect(run.exitCode == 64)
        #expect(run.output.isEmpty)
    }

    @Test func withoutATokenNothingRuns() async throws {
        let refusal = FakeDaemon.Script.answer("403 Forbidden", #"{"error":{"code":"denied","message":"no"}}"#)
        let run = try await run(["--", "echo", "ran"], refusal)
        #expect(run.exitCode == 77)
        #expect(run.output.isEmpty)
    }
}
