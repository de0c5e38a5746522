import Foundation
import Testing

/// `iam-broker exec` that stays beside its program: signals, terminals, ends.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SupervisedExecTests {
    /// What the broker answers, in the order of the questions: the last token for ever.
    private final class Tokens: @unchecked Sendable {
        private let lock = NSLock()
        private let last: Int
        private var current = 1

        init(last: Int) { self.last = last }

        func answer(_ request: ScriptedServer.Request) -> FakeDaemon.Script {
            lock.withLock {
                if request.path == "/v1/token" { return Self.token(current) }
                // A watch that is not answered is one without news.
                guard current < last else { return .silence }
                current += 1
                return .answer("200 OK", #"{"changed":true,"expires_at":\#(current),"expires_in":9,"profile":"p"}"#)
            }
        }

        static func token(_ number: Int) -> FakeDaemon.Script {
            let body = #""token_type":"Bearer","expires_in":3001,"expires_at":\#(number),"profile":"p""#
            return .answer("200 OK", #"{"access_token":"eyJ.eyJ.\#(number)",\#(body)}"#)
        }
    }

    private func run(_ arguments: [String], _ answers: @escaping ScriptedServer.Answers) async throws -> CommandRun {
        try await ScriptedServer.onSocket(answers) { socket, _ in
            let environment = ["PATH": "/usr/bin:/bin", "IAM_BROKER_SOCKET": socket]
            let run = try await CommandRun(["exec"] + arguments, input: Data(), environment: environment)
            #expect(!run.errors.contains("eyJ"))
            return run
        }
    }

    private func drive(
        _ name: String,
        _ answers: @escaping ScriptedServer.Answers = { _ in Tokens.token(1) }
    ) async throws {
        try await ScriptedServer.onSocket(answers) { socket, _ in
            try await withScratchFolder { folder in
                let environment = ["PATH": "/usr/bin:/bin", "IAM_BROKER_SOCKET": socket, "FOLDER": folder.path()]
                let run = try await CommandRun(
                    program: URL(filePath: "/usr/bin/python3"),
                    [Fixture.path("supervised_exec.py"), name, CommandRun.executable.path()],
                    environment: environment
                )
                #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
            }
        }
    }

    // MARK: Ends

    @Test(arguments: [
        ("exit 0", Int32(0)), ("exit 7", 7), ("kill -USR1 $$", 138), ("kill -TERM $$", 143), ("kill -PIPE $$", 141),
    ])
    func itsEndIsOurs(script: String, exitCode: Int32) async throws {
        for options in [["--endpoint"], ["--restart"], ["--signal", "HUP"]] {
            let run = try await run(options + ["--", "sh", "-c", script]) { _ in Tokens.token(1) }
            #expect(run.exitCode == exitCode, "\(options)")
        }
    }

    @Test(arguments: [("/nonexistent/program", Int32(127)), ("no-such-program-here", 127), ("/etc/passwd", 126)])
    func aProgramThatCannotBeRunIsSaid(program: String, exitCode: Int32) async throws {
        let run = try await run(["--endpoint", "--", program]) { _ in Tokens.token(1) }
        #expect(run.exitCode == exitCode)
        #expect(run.errors.contains("cannot run \"\(program)\": "))
    }

    @Test func withoutATokenNothingRuns() async throws {
        for options in [["--endpoint"], ["--restart"], ["--signal", "HUP"]] {
            let run = try await run(options + ["--", "echo", "ran"]) { _ in
                .answer("403 Forbidden", #"{"error":{"code":"denied","message":"no"}}"#)
            }
            #expect(run.exitCode == 77)
            #expect(run.output.isEmpty)
        }
    }

    @Test(arguments: [
        ["--expect", "9", "--endpoint"], ["--expect", "9", "--restart"], ["--expect", "9", "--signal", "HUP"],
        ["--endpoint", "--env", "A"], ["--endpoint", "--restart"], ["--endpoint", "--signal", "HUP"],
        ["--restart", "--signal", "HUP"], ["--every", "5"], ["--grace", "5"], ["--signal", "HUP", "--grace", "5"],
        ["--restart", "--every", "0"], ["--signal", "KILL"], ["--service", "VPC"], ["--terraform"],
        ["--endpoint", "--service", "A B"],
    ])
    func whatMakesNoSenseRunsNothing(options: [String]) async throws {
        let run = try await run(options + ["--", "echo", "ran"]) { _ in Tokens.token(1) }
        #expect(run.exitCode == 64)
        #expect(run.output.isEmpty)
    }

    // MARK: Variables

    @Test func anEndpointComesWithoutAToken() async throws {
        let run = try await run(["--endpoint", "--service", "my-vpc", "--", "env"]) { _ in Tokens.token(1) }
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(!run.output.contains("eyJ") && !run.output.contains("IAM_TOKEN"))
        let url = try #require(
            run.output.firstMatch(of: /IAM_BROKER_ENDPOINT=(http:\/\/127.0.0.1:[0-9]+\/[\w-]{43})\n/)
        )
        .1
        #expect(run.output.contains("MY_VPC_AUTH_TYPE=vpc\n"))
        #expect(run.output.contains("MY_VPC_AUTH_URL=\(url)\n") && run.output.contains("IBMCLOUD_CR_VPC_URL=\(url)\n"))
    }

    // MARK: Restarts

    @Test func aRenewedTokenComesWithARestartAndWhatComesTooSoonCountsOnce() async throws {
        let script = #"echo "run ${A##*.}"; case $A in *.3) exit 7;; esac; exec sleep 600"#
        let tokens = Tokens(last: 3)
        let run = try await run(["--restart", "--every", "1", "--env", "A", "--", "sh", "-c", script], tokens.answer)
        #expect(run.output == "run 1\nrun 3\n")
        #expect(run.exitCode == 7, "\(run.errors)")
    }

    @Test func whoDoesNotEndIsKilled() async throws {
        let script = #"trap "" TERM; echo "run ${A##*.}"; case $A in *.2) exit 7;; esac; exec sleep 600"#
        let options = ["--restart", "--every", "1", "--grace", "0", "--env", "A"]
        let run = try await run(options + ["--", "sh", "-c", script], Tokens(last: 2).answer)
        // Without grace the first may be gone before it has said anything; if it were not killed, nothing would come to an end.
        #expect(["run 1\nrun 2\n", "run 2\n"].contains(run.output))
        #expect(run.exitCode == 7, "\(run.errors)")
    }

    @Test func noRunLeavesAZombieBehind() async throws {
        let script = """
            case $A in *.2) for task in /proc/$PPID/task/*; do cat $task/children; done | wc -w; exit 0;; esac; exec sleep 600
            """
        let run = try await run(
            ["--restart", "--every", "1", "--env", "A", "--", "sh", "-c", script],
            Tokens(last: 2).answer
        )
        #expect(run.output == "1\n")
    }

    @Test func aSignalTellsOfARenewedToken() async throws {
        let script = "trap 'echo told; exit 7' USR1; echo ready; while :; do read line < FIFO; done"
        try await withScratchFolder { folder in
            let fifo = folder.appending(path: "fifo").path()
            try #require(mkfifo(fifo, 0o600) == 0)
            let script = script.replacing("FIFO", with: fifo)
            let run = try await run(
                ["--signal", "USR1", "--every", "1", "--", "sh", "-c", script],
                Tokens(last: 2).answer
            )
            #expect(run.output == "ready\ntold\n")
            #expect(run.exitCode == 7, "\(run.errors)")
        }
    }

    @Test func whoCaughtAnInterruptIsStillToldOfARenewedToken() async throws {
        try await drive("told_after_an_interrupt", Tokens(last: 2).answer)
    }

    @Test func aRefusedRenewalLeavesTheProgramAlone() async throws {
        try await drive("refused_renewal") { request in
            guard request.path != "/v1/token" else { return Tokens.token(1) }
            return .answer("403 Forbidden", #"{"error":{"code":"denied","message":"policy says no"}}"#)
        }
    }

    // MARK: Signals and terminals

    @Test func eachSignalPassesOnce() async throws { try await drive("signals_pass") }

    @Test func aSignalThatKillsItShowsInOurExitCode() async throws { try await drive("signals_kill") }

    @Test func whatIsIgnoredStaysIgnored() async throws { try await drive("ignored_signals_stay_ignored") }

    @Test func aStopAndAContinuationReachBoth() async throws { try await drive("stop_and_continue") }

    @Test func aStopThatComesAfterThatOfTheProgramStopsUs() async throws { try await drive("stop_after_the_program") }

    @Test func aStopOfTheProgramAloneDoesNotStopUs() async throws { try await drive("stop_of_the_program_alone") }

    @Test func theInterruptKeyReachesItOnce() async throws { try await drive("interrupt_key") }

    @Test func aLostTerminalEndsIt() async throws { try await drive("lost_terminal") }

    @Test func aShellStopsAndContinuesBothAsAJob() async throws { try await drive("shell_jobs") }

    @Test func aShellHasAJobBackThatStopsItselfInItsOwnWay() async throws {
        try await drive("shell_jobs_that_stop_themselves")
    }

    @Test func itEndsWithUsWhenWeAreKilled() async throws { try await drive("killed_keeper") }

    @Test func itInheritsWhatWeInheritedAndNothingOfOurs() async throws { try await drive("inherited_files") }

    @Test func itInheritsThousandsOfFiles() async throws { try await drive("many_inherited_files") }
}
