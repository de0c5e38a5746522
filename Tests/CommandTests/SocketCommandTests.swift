import Foundation
import Testing

@Suite struct SocketCommandTests {
    private static let token = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl"
    private static let answer =
        #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":9,"expires_at":1788256800,"profile":"reports"}"#
    private static let status = """
        {"version":"9.9.9","key_ids":["k"],"profiles":[{"name":"reports","state":"fresh","expires_at":4600,\
        "issued_at":1000,"expires_in":1800,"breaker":"closed","consecutive_failures":0}]}
        """

    private static let locks =
        #"{"all":{"since":1000,"by":0},"profiles":[{"name":"reports","since":2000,"by":1001}]}"#
    private static let noLocks = #"{"profiles":[]}"#

    private static func error(
        _ status: String,
        _ code: String,
        decision: String = "",
        headers: String = ""
    ) -> FakeDaemon.Script {
        .answer(status, #"{"error":{"code":"\#(code)","message":"the \#(code) reason"\#(decision)}}"#, headers: headers)
    }

    private func run(
        _ arguments: [String],
        _ script: FakeDaemon.Script
    ) async throws -> (CommandRun, requests: [String]) {
        try await FakeDaemon.onSocket(script) { socket, daemon in
            let run = try await CommandRun(arguments + ["--socket", socket], input: Data())
            #expect(!run.errors.contains("eyJ"))
            return (run, daemon.requests.lines)
        }
    }

    @Test(arguments: [
        (["token"], "GET /v1/token?profile=default HTTP/1.1", answer, token),
        (
            ["token", "--profile", "reports", "--min-ttl", "60"], "GET /v1/token?profile=reports&min_ttl=60 HTTP/1.1",
            answer,
            token
        ),
        (["token", "--profile", "a b&c=é"], "GET /v1/token?profile=a%20b%26c%3D%C3%A9 HTTP/1.1", answer, token),
        (
            ["token", "--format", "header"], "GET /v1/token?profile=default HTTP/1.1", answer,
            "Authorization: Bearer \(token)"
        ),
        (
            ["token", "--format", "env"], "GET /v1/token?profile=default HTTP/1.1", answer,
            "export IC_IAM_TOKEN='\(token)'"
        ),
        (["token", "--format", "dotenv"], "GET /v1/token?profile=default HTTP/1.1", answer, "IC_IAM_TOKEN=\(token)"),
        (
            ["token", "--format", "dotenv", "--env-name", "_A1"], "GET /v1/token?profile=default HTTP/1.1", answer,
            "_A1=\(token)"
        ),
        (
            ["token", "--format", "curl"], "GET /v1/token?profile=default HTTP/1.1", answer,
            #"header = "Authorization: Bearer \#(token)""#
        ),
        (["token", "--format", "json"], "GET /v1/token?profile=default HTTP/1.1", answer, answer),
        (["profiles"], "GET /v1/profiles HTTP/1.1", #"{"profiles":["a","b"]}"#, "a\nb"),
        (["profiles", "--json"], "GET /v1/profiles HTTP/1.1", #"{"profiles":["a","b"]}"#, #"{"profiles":["a","b"]}"#),
        (["status", "--json"], "GET /v1/status HTTP/1.1", status, status),
        (["lock", "a", "--json"], "POST /v1/lock?profile=a HTTP/1.1", locks, locks),
        (["unlock", "--json"], "POST /v1/unlock HTTP/1.1", locks, locks),
        (["lock"], "POST /v1/lock HTTP/1.1", noLocks, "locked all profiles\nnothing is locked"),
        (["unlock"], "POST /v1/unlock HTTP/1.1", noLocks, "unlocked all profiles\nnothing is locked"),
        (
            ["unlock", "a"], "POST /v1/unlock?profile=a HTTP/1.1", noLocks, "unlocked a\nnothing is locked"
        ),
        (["refresh"], "POST /v1/refresh HTTP/1.1", "{}", "refreshed all profiles"),
        (["refresh", "reports"], "POST /v1/refresh?profile=reports HTTP/1.1", "", "refreshed reports"),
    ])
    func answersBecomeData(arguments: [String], request: String, body: String, output: String) async throws {
        let (run, requests) = try await run(arguments, .answer("200 OK", body))
        #expect(run.exitCode == 0)
        #expect(run.output == output + "\n")
        #expect(run.errors.isEmpty)
        #expect(requests == [request])
    }

    @Test func theStatusIsATable() async throws {
        let (run, _) = try await run(["status"], .answer("200 OK", Self.status))
        #expect(run.exitCode == 0)
        #expect(run.output.hasPrefix("iam-brokerd 9.9.9\nkeys: k\n"))
        #expect(run.output.contains("reports  fresh  [##########----------]  50%  30m 0s"))
    }

    @Test func locksAreATable() async throws {
        let (lock, _) = try await run(["lock", "reports"], .answer("200 OK", Self.locks))
        let lines = lock.output.split(separator: "\n")
        #expect(lines.prefix(2) == ["locked reports", "LOCKED        BY        SINCE"])
        #expect(lines.dropFirst(2).first?.hasPrefix("all profiles  uid 0     1970-01-01T00:16:40Z (") == true)
        #expect(lines.dropFirst(3).first?.hasPrefix("reports       uid 1001  1970-01-01T00:33:20Z (") == true)
        let (unlock, _) = try await run(["unlock"], .answer("200 OK", Self.locks))
        #expect(unlock.output.hasPrefix("took back the lock of all profiles; those locked by name stay locked"))
    }

    @Test(arguments: [
        (error("409 Conflict", "conflict"), Int32(1), "the conflict reason"),
        (error("500 Internal Server Error", "not_stored"), 69, "the not_stored reason"),
        (error("404 Not Found", "not_found"), 65, "iam-broker status"),
        (.answer("200 OK", "{}"), 69, "not one of iam-broker"),
        (.answer("200 OK", #"{"profiles":[{"name":"a"}]}"#), 69, "not one of iam-broker"),
    ])
    func aLockThatIsNotDoneIsSaidToBeNotDone(script: FakeDaemon.Script, exitCode: Int32, message: String) async throws {
        for command in ["lock", "unlock"] {
            let (run, _) = try await run([command, "reports"], script)
            #expect(run.exitCode == exitCode)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains(message), "\(run.errors)")
        }
    }

    @Test func nothingOfALockReachesTheTerminalRaw() async throws {
        let answer = #"{"profiles":[{"name":"\u001b[2J","since":9223372036854775807,"by":0}]}"#
        let (run, _) = try await run(["lock", "a"], .answer("200 OK", answer))
        #expect(run.exitCode == 0)
        #expect(!run.output.contains("\u{1B}"))
        #expect(run.output.contains("9223372036854775807"))
    }

    @Test func aRefreshThatHasOnlyStartedIsSaidToHave() async throws {
        let (run, _) = try await run(["refresh"], .answer("202 Accepted", ""))
        #expect(run.output == "refresh of all profiles has started\n")
    }

    @Test(arguments: [
        (error("400 Bad Request", "bad_request"), Int32(64), "the bad_request reason"),
        (error("403 Forbidden", "denied", decision: #","decision":"d-17""#), 77, "iam-broker explain d-17"),
        (.answer("403 Forbidden", "no"), 77, "status 403"),
        (error("403 Forbidden", "locked"), 77, "the locked reason"),
        (error("404 Not Found", "not_found"), 65, "iam-broker status"),
        (.answer("404 Not Found", "<html>"), 69, "status 404"),
        (error("503 Service Unavailable", "unavailable", headers: "Retry-After: 7\r\n"), 69, "try again in 7 s"),
        (error("500 Internal Server Error", "internal_error"), 69, "the internal_error reason"),
        (.answer("301 Moved Permanently", ""), 69, "status 301"),
        (.answer("200 OK", "garbage"), 69, "not one of iam-broker"),
        (.answer("200 OK", #"{"access_token":"\#(token)"}"#), 69, "not one of iam-broker"),
        (.answer("200 OK", answer.replacing("c2lnbmF0dXJl", with: #"x\r\nX-Y: z"#)), 69, "not one of iam-broker"),
        (.answer("200 OK", answer.replacing(token, with: "")), 69, "not one of iam-broker"),
        (.answer("200 OK", String(repeating: " ", count: 1_048_577)), 69, "larger than 1024 KiB"),
        (.bytes("\(token)\r\n\r\n"), 69, "not HTTP"),
        (.bytes("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n\(answer)"), 69, "closed before"),
        (.close, 69, "closed before"),
    ])
    func aRefusalEndsWithItsOwnExitCode(script: FakeDaemon.Script, exitCode: Int32, message: String) async throws {
        let (run, _) = try await run(["token"], script)
        #expect(run.exitCode == exitCode)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("iam-broker: "))
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test func aDaemonThatDoesNotAnswerIsGivenUp() async throws {
        let (run, requests) = try await run(["token", "--timeout", "0.3"], .silence)
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("no answer in time"))
        #expect(requests.count == 1)
    }

    @Test(arguments: ["token", "profiles", "status", "refresh", "lock", "unlock"])
    func withoutADaemonThereIsAHint(command: String) async throws {
        let run = try await CommandRun(command, "--socket", "/nonexistent/socket")
        #expect(run.exitCode == 69)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("no answer from the broker at /nonexistent/socket: no such file or directory"))
        #expect(run.errors.contains("systemctl status iam-brokerd"))
    }

    @Test(arguments: [
        (["token"], "IAM_BROKER_SOCKET", answer), (["profiles"], "IAM_BROKER_SOCKET", #"{"profiles":[]}"#),
        (["status"], "IAM_BROKER_ADMIN_SOCKET", status), (["refresh"], "IAM_BROKER_ADMIN_SOCKET", "{}"),
        (["lock"], "IAM_BROKER_ADMIN_SOCKET", noLocks), (["unlock"], "IAM_BROKER_ADMIN_SOCKET", noLocks),
    ])
    func theEnvironmentNamesTheSocket(arguments: [String], variable: String, body: String) async throws {
        try await FakeDaemon.onSocket(.answer("200 OK", body)) { socket, daemon in
            let run = try await CommandRun(arguments, input: Data(), environment: [variable: socket])
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(daemon.requests.all.count == 1)
        }
    }
}
