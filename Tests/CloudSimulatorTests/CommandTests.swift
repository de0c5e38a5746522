import Foundation
import Testing

/// The command `ibm-cloud-simulator` as a shell sees it.
@Suite struct CommandTests {
    @Test(
        arguments: [
            (["sh", "-c", "exit 0"], 0), (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 137),
            (["no-such-command-anywhere"], 127), (["/"], 126),
        ] as [([String], Int32)]
    )
    func runEndsAsItsCommandEnds(command: [String], code: Int32) async throws {
        let outcome = try await Self.run(["run", "--"] + command)
        #expect(outcome.code == code)
        #expect(outcome.output.isEmpty)
    }

    @Test func runTellsItsCommandWhereTheSimulatorIs() async throws {
        let names = "$IBM_CLOUD_SIMULATOR_URL $IBM_CLOUD_METADATA_URL $IBM_CLOUD_IAM_URL"
        let outcome = try await Self.run(["run", "--", "sh", "-c", "echo \(names)"])
        let urls = Set(outcome.output.split(whereSeparator: \.isWhitespace))
        #expect(urls.count == 1)
        #expect(urls.first?.hasPrefix("http://127.0.0.1:") == true)
    }

    @Test func runPassesSIGTERMOn() async throws {
        // The command signals its parent, the simulator, and ends with 9 only when the signal comes back.
        let script = "trap 'exit 9' TERM; kill -TERM $PPID; while :; do wait; done"
        let outcome = try await Self.run(["run", "--", "sh", "-c", script])
        #expect(outcome.code == 9)
    }

    @Test func serveSaysWhereItListensAndStopsOnSIGTERM() async throws {
        let portFile = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        let process = try Self.process(["serve", "--port-file", portFile.path()])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let ended = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let port = try String(contentsOf: portFile, encoding: .utf8)
        #expect(line == "listening on http://127.0.0.1:\(port)")
        process.terminate()
        var iterator = ended.stream.makeAsyncIterator()
        #expect(await iterator.next() == 0)
    }

    @Test(
        arguments: [
            (["run"], 64, "Missing expected argument '-- <command> ...'"),
            (["serve", "--port", "65536"], 64, "--port must be from 0 to 65535"),
            (["serve", "--tls-key", "k"], 64, "need each other"),
            (["serve", "--log-level", "loud"], 64, "--log-level must be"),
            (["serve", "--instance", "/nowhere.json"], 78, "could not read the instance file /nowhere.json"),
            (["serve", "--tls-key", "/nowhere", "--tls-certificate", "/nowhere"], 78, "for TLS"),
        ] as [([String], Int32, String)]
    )
    func mistakesAreTold(arguments: [String], code: Int32, message: String) async throws {
        let outcome = try await Self.run(arguments)
        #expect(outcome.code == code)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(message))
    }

    private struct Outcome: Sendable {
        let code: Int32
        let output: String
        let errors: String
    }

    private static func process(_ arguments: [String]) throws -> Process {
        let folder = URL(filePath: try #require(CommandLine.arguments.first)).deletingLastPathComponent()
        let process = Process()
        process.executableURL = folder.appending(path: "ibm-cloud-simulator")
        process.arguments = arguments
        return process
    }

    private static func run(_ arguments: [String]) async throws -> Outcome {
        let process = try process(arguments)
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        let ended = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
        try process.run()
        var iterator = ended.stream.makeAsyncIterator()
        // What these commands write fits into a pipe, so they end without being read.
        let code = try #require(await iterator.next())
        let texts = try [output, errors]
            .map { pipe in
                String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            }
        return Outcome(code: code, output: texts[0], errors: texts[1])
    }
}
