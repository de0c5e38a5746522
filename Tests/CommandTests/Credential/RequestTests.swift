import Foundation
import Testing

/// One request with a token.
@Suite(.timeLimit(.minutes(2))) struct RequestTests {
    private struct Outcome {
        let run: CommandRun
        let tokens: [String]
        let requests: [ScriptedServer.Request]
    }

    /// Runs `iam-broker request` with the server in place of URL, and HOST, in the arguments.
    private func run(
        _ arguments: [String],
        input: String = "",
        _ answer: FakeDaemon.Script = .answer("200 OK", #"{"a":1}"#)
    ) async throws -> Outcome {
        let token: ScriptedServer.Answers = { _ in .answer("200 OK", CredentialTests.answer) }
        let answers: ScriptedServer.Answers = { _ in answer }
        return try await ScriptedServer.onSocket(token) { socket, daemon in
            try await ScriptedServer.onPort(answers) { server in
                let host = "127.0.0.1:\(server.port)"
                let words = arguments.map { $0.replacing("URL", with: "http://\(host)").replacing("HOST", with: host) }
                let run = try await CommandRun(
                    ["request"] + words,
                    input: Data(input.utf8),
                    environment: ["IAM_BROKER_SOCKET": socket]
                )
                #expect(!run.errors.contains("eyJ"))
                return Outcome(run: run, tokens: daemon.lines, requests: server.requests)
            }
        }
    }

    @Test func theHostGetsTheTokenAndTheAnswerIsPrintedAsItIs() async throws {
        let outcome = try await run([
            "GET", "URL/v1/a?b=c", "--allow-host", "HOST", "--profile", "p", "--header", "X-A:  b c",
        ])
        #expect(outcome.run.exitCode == 0, "\(outcome.run.errors)")
        #expect(outcome.run.output == #"{"a":1}"#)
        #expect(outcome.tokens == ["GET /v1/token?profile=p HTTP/1.1"])
        let request = try #require(outcome.requests.first)
        #expect(request.line == "GET /v1/a?b=c HTTP/1.1")
        #expect(request.fields["authorization"] == "Bearer \(CredentialTests.token)")
        #expect(request.fields["x-a"] == "b c")
    }

    @Test func aBodyIsSentAsItIs() async throws {
        let options = ["--allow-host", "HOST", "--input", "-", "--header", "Content-Type: text/plain"]
        let outcome = try await run(["POST", "URL/"] + options, input: "in put\n")
        #expect(outcome.run.exitCode == 0, "\(outcome.run.errors)")
        #expect(outcome.requests.map(\.body) == ["in put\n"])
        #expect(outcome.requests.first?.fields["content-type"] == "text/plain")
    }

    @Test(arguments: [
        ("302 Found", "Location: http://evil.example/\r\n", "redirects are not followed"),
        ("404 Not Found", "", "status 404"),
        ("500 Internal Server Error", "", "status 500"),
    ])
    func anotherStatusIsNo(status: String, headers: String, message: String) async throws {
        let outcome = try await run(["GET", "URL/", "--allow-host", "HOST"], .answer(status, "why", headers: headers))
        #expect(outcome.run.exitCode == 1)
        #expect(outcome.run.output == "why")
        #expect(outcome.run.errors.contains(message))
        #expect(outcome.requests.count == 1)
    }

    @Test(arguments: [
        ["GET", "URL/"], ["GET", "URL/", "--allow-host", "127.0.0.1"], ["GET", "URL/", "--allow-host", "evil.example"],
        ["GET", "https://evil.example/"], ["get", "URL/", "--allow-host", "HOST"],
        ["TRACE", "URL/", "--allow-host", "HOST"],
        ["GET", "URL/", "--allow-host", "HOST", "--input", "-"],
        ["GET", "URL/", "--allow-host", "HOST", "--header", "Authorization: a"],
        ["GET", "URL/", "--allow-host", "HOST", "--header", "hOST: a"],
        ["GET", "URL/", "--allow-host", "HOST", "--header", "a"],
        ["GET", "URL/", "--allow-host", "HOST", "--header", "A: b\r\nC: d"],
        ["GET", "URL/", "--allow-host", "HOST", "--header", "A b: c"],
        ["GET", "URL/", "--allow-host", "HOST", "--header", ": c"],
    ])
    func whatMustNotBeIsNotEvenGivenAToken(arguments: [String]) async throws {
        let outcome = try await run(arguments)
        #expect(outcome.run.exitCode == 64)
        #expect(outcome.run.output.isEmpty)
        #expect(outcome.tokens.isEmpty && outcome.requests.isEmpty)
    }
}
