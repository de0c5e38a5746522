import Foundation
import Testing

/// `iam-broker top` in a real terminal.
@Suite(.serialized, .timeLimit(.minutes(3))) struct TopTests {
    /// Answers as the daemon would, for a number of questions; then nobody answers any more.
    private final class Daemon: @unchecked Sendable {
        private let lock = NSLock()
        private var left: Int

        init(questions: Int = .max) { left = questions }

        var answers: ScriptedServer.Answers { { self.answer($0) } }

        private func answer(_ request: ScriptedServer.Request) -> FakeDaemon.Script {
            let isOver = lock.withLock { () -> Bool in
                left -= left > 0 ? 1 : 0
                return left == 0
            }
            if isOver { return .close }
            return switch request.path {
            case "/v1/status": .answer("200 OK", TopTests.status)
            case "/v1/activity": .answer("200 OK", TopTests.activity)
            default: .answer("404 Not Found", #"{"error":{"code":"not_found","message":"no plan is configured"}}"#)
            }
        }
    }

    private static let status = """
        {"version":"9.9.9","key_ids":[],"health":{"status":"ok","findings":[]},"profiles":[{"name":"reports",\
        "state":"fresh","expires_at":4600,"issued_at":1000,"expires_in":1800,"next_attempt_in":600,\
        "breaker":"closed","consecutive_failures":0}]}
        """
    private static let activity = """
        {"now":5000,"profiles":[{"name":"reports","outcomes":{"released":7}}],"elsewhere":{},"refusals":[],\
        "workloads":[{"workload":{"kind":"unit","name":"reports.service","uid":7},"profile":"reports","released":7}],\
        "released_to_others":0,"minutes":[],"last_denials":[{"decision":"00c0ffee00c0ffee","first_at":1,\
        "last_at":4995,"count":2,"profile":"archive","uid":9,"reason":"no_grant_matches","message":"no grant\\u001b[2J"}]}
        """

    @Test(arguments: ["shows", "resizes", "signals", "keys", "stops", "colours", "refuses"])
    func itBehavesInATerminal(name: String) async throws { try await drive(name, Daemon()) }

    @Test func aDaemonThatIsGoneIsSaidToBe() async throws {
        // Three questions make a picture, and the first one is asked twice.
        try await drive("loses_the_daemon", Daemon(questions: 9))
    }

    private func drive(_ name: String, _ daemon: Daemon) async throws {
        try await ScriptedServer.onSocket(daemon.answers) { socket, _ in
            let python = try #require(
                ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"],
                "run `make test`, which prepares what the program imports"
            )
            let run = try await CommandRun(
                program: URL(filePath: python),
                [Fixture.path("top_terminal.py"), name, CommandRun.executable.path()],
                environment: ["PATH": "/usr/bin:/bin", "IAM_BROKER_ADMIN_SOCKET": socket]
            )
            #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
        }
    }

    @Test func onePictureIsPrintedWithoutATerminal() async throws {
        let daemon = Daemon()
        try await ScriptedServer.onSocket(daemon.answers) { socket, server in
            let run = try await CommandRun("top", "--once", "--socket", socket)
            #expect(run.exitCode == 0, "\(run.errors)")
            let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.first?.hasPrefix("iam-broker 9.9.9  READY") == true)
            #expect(
                lines.contains { $0.hasPrefix("reports         fresh    [####|##-------]  30m 0s    10m 0s") },
                "\(lines)"
            )
            #expect(lines.contains { $0.hasPrefix("archive: no grant\\u{1b}[2J") })
            #expect(lines.allSatisfy { $0.utf8.count <= 80 })
            #expect(!run.output.contains("\u{1B}"))
            #expect(server.lines.count == 3)
        }
    }

    @Test func withoutATerminalItSaysWhatToDo() async throws {
        let daemon = Daemon()
        try await ScriptedServer.onSocket(daemon.answers) { socket, _ in
            let run = try await CommandRun("top", "--socket", socket, environment: ["TERM": "xterm"])
            #expect(run.exitCode == 64)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("top needs a terminal"))
            #expect(run.errors.contains("hint: for a single picture: iam-broker top --once"))
        }
        let absent = try await CommandRun("top", "--once", "--socket", "/nonexistent/socket")
        #expect(absent.exitCode == 69)
        #expect(absent.errors.contains("no answer from the broker at /nonexistent/socket"))
        let wrong = try await CommandRun("top", "--interval", "0")
        #expect(wrong.exitCode == 64)
    }
}
