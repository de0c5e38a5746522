import Foundation
import Testing

@Suite struct LogLevelCommandTests {
    private func run(_ arguments: [String], _ body: String) async throws -> (CommandRun, requests: [String]) {
        try await FakeDaemon.onSocket(.answer("200 OK", body)) { socket, daemon in
            (
                try await CommandRun(["log-level"] + arguments + ["--socket", socket], input: Data()),
                daemon.requests.lines
            )
        }
    }

    @Test(arguments: [
        ([], "GET /v1/log-level HTTP/1.1", #"{"level":"info","configured":"info"}"#, "info\n"),
        (
            ["debug"], "POST /v1/log-level?level=debug HTTP/1.1", #"{"level":"debug","configured":"info"}"#,
            "debug; configured is info\n"
        ),
        (
            ["trace", "--for", "10m"], "POST /v1/log-level?level=trace&for=600 HTTP/1.1",
            #"{"level":"trace","configured":"info","reverts_in":600}"#, "trace; info in 10 minutes\n"
        ),
        (
            ["error", "--for", "24h", "--json"], "POST /v1/log-level?level=error&for=86400 HTTP/1.1",
            #"{"level":"error","configured":"info","reverts_in":86400}"#,
            #"{"level":"error","configured":"info","reverts_in":86400}"# + "\n"
        ),
        (
            ["configured"], "POST /v1/log-level?level=configured HTTP/1.1", #"{"level":"info","configured":"info"}"#,
            "info\n"
        ),
    ])
    func asksTheDaemonAndSaysWhatIsInForce(
        arguments: [String],
        request: String,
        body: String,
        output: String
    ) async throws {
        let (run, requests) = try await run(arguments, body)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output == output)
        #expect(requests == [request])
    }

    @Test(arguments: [
        ["loud"], ["debug", "--for", "25h"], ["debug", "--for", "0s"], ["debug", "--for", "m"], ["--for", "10m"],
        ["configured", "--for", "10m"], ["debug", "--for", "9999999999999999999h"],
    ])
    func whatCannotBeMeantIsWrongUsage(arguments: [String]) async throws {
        let (run, requests) = try await run(arguments, "{}")
        #expect(run.exitCode == 64 && requests.isEmpty)
    }
}
