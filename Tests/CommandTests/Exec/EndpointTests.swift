import Foundation
import Testing

/// The private endpoint of `iam-broker exec`, over its socket.
@Suite(.timeLimit(.minutes(2))) struct EndpointTests {
    private static let token = FakeDaemon.Script.answer("200 OK", CredentialTests.answer)

    /// The lines of the client, by their first word, and what the daemon was asked beside the first token.
    private func run(
        _ answer: FakeDaemon.Script,
        _ words: String...
    ) async throws -> (lines: [String: String], requests: [ScriptedServer.Request]) {
        let answers: ScriptedServer.Answers = { $0.path == "/v1/token" ? Self.token : answer }
        return try await ScriptedServer.onSocket(answers) { socket, server in
            let client = ["/usr/bin/python3", Fixture.path("endpoint_client.py")] + words
            let arguments = ["--profile", "p", "--endpoint", "--"] + client
            let environment = ["PATH": "/usr/bin:/bin", "IAM_BROKER_SOCKET": socket]
            let run = try await CommandRun(["exec"] + arguments, input: Data(), environment: environment)
            #expect(run.exitCode == 0, "\(run.errors)")
            let lines = run.output.split(separator: "\n").map { $0.split(separator: ": ", maxSplits: 1) }
            let pairs = lines.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }
            return (Dictionary(pairs) { first, _ in first }, server.requests.filter { $0.path != "/v1/token" })
        }
    }

    @Test func whatIsNotAsItShouldBeGetsNoFurther() async throws {
        let (lines, requests) = try await run(.answer("200 OK", "seen\n", headers: "Retry-After: 7\r\nX-Other: 1\r\n"))
        for (name, line) in [
            ("keys", "200: 7: seen"), ("form", "200: 7: seen"), ("largest body", "200: 7: seen"),
            ("stranger", "404: None: "), ("stranger leaves", "HTTP/1.1 404 Not Found: True"),
            ("newcomer", "200: 7: seen"), ("crowd", "404: 404"),
            ("two in a row", "['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']: open"),
            ("no HTTP", "['HTTP/1.1 400 Bad Request']: closed"), ("silence", "[]: closed"),
            ("half a head", "[]: closed"),
        ] { #expect(lines[name] == line, "\(name)") }
        for (name, status) in [
            ("large body", 413), ("chunked body", 413), ("large head", 431), ("other host", 403), ("other path", 404),
            ("method", 405),
        ] { #expect(lines[name]?.hasPrefix("\(status): None: {\"errors\":[{\"code\":") == true, "\(name): \(lines)") }
        #expect(lines["both lengths"]?.hasPrefix("['HTTP/1.1 4") == true, "\(lines)")
        #expect(
            requests.map(\.line) == [
                "GET /v1/bound/p/identity/keys HTTP/1.1", "POST /v1/bound/p/identity/token HTTP/1.1",
                "POST /v1/bound/p/identity/token HTTP/1.1", "GET /v1/bound/p/identity/keys HTTP/1.1",
                "GET /v1/bound/p/identity/keys HTTP/1.1", "GET /v1/bound/p/identity/keys HTTP/1.1",
            ]
        )
        let keys = try #require(requests.first)
        #expect(keys.fields["host"] == "localhost")
        // The daemon refuses browsers.
        #expect(keys.fields["origin"] == "http://evil.example")
        #expect(requests.dropFirst().first?.body == "a=b")
        #expect(requests.dropFirst().first?.fields["content-type"] == "application/x-www-form-urlencoded")
        #expect(requests.dropFirst(2).first?.body.utf8.count == 16_384)
    }

    /// URLs get into logs, which other users may read.
    @Test func anotherUserWhoKnowsTheAddressIsNotEvenHeard() async throws {
        try #require(geteuid() == 0, "only root can be another user")
        let (lines, requests) = try await run(.answer("200 OK", "seen\n"), "users")
        #expect(lines["same user"] == "b'HTTP/1.1 200 OK'")
        #expect(lines["another user"] == "b''")
        #expect(requests.count == 1)
    }

    @Test func withoutTheDaemonThereIsNothing() async throws {
        let (lines, _) = try await run(.close)
        let line = try #require(lines["keys"])
        #expect(line.hasPrefix("503: 5: "), "\(line)")
        #expect(line.contains("no answer from the broker: the connection was closed before the answer was complete"))
    }
}
