import Foundation
import TestFiles
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
        try await Self.serve(["--port-file", portFile.path()]) { line in
            let port = try String(contentsOf: portFile, encoding: .utf8)
            #expect(line == "listening on http://127.0.0.1:\(port)")
        }
    }

    /// Runs `serve`, hands its first line to `body`, and expects it to stop on SIGTERM.
    private static func serve(_ arguments: [String], _ body: (String) async throws -> Void) async throws {
        let process = try Self.process(["serve"] + arguments)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let ended = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        do {
            try await body(line)
        } catch {
            process.terminate()
            throw error
        }
        process.terminate()
        var iterator = ended.stream.makeAsyncIterator()
        #expect(await iterator.next() == 0)
    }

    @Test(arguments: [
        ("127.0.0.2:0", "http://127.0.0.2:", "127.0.0.2"), ("[::1]:0", "http://[::1]:", "::1"),
        ("0.0.0.0:0", "http://0.0.0.0:", "127.0.0.3"),
    ])
    func serveListensWhereItIsTold(listen: String, prefix: String, host: String) async throws {
        try await Self.serve(["--listen", listen]) { line in
            #expect(line.hasPrefix("listening on \(prefix)"))
            let port = try #require(line.split(whereSeparator: { !$0.isNumber }).last.flatMap { Int($0) })
            let response = try await RawClient(host: host, port: port).send("GET", "/identity/keys")
            #expect(response.status == 200)
        }
    }

    @Test(
        arguments: [
            (["serve", "--listen", "127.0.0.1:1", "--port", "1"], 64, "--port and --listen exclude each other"),
            (["serve", "--listen", "localhost:80"], 64, "--listen <address:port>"),
            (["serve", "--listen", "127.0.0.1"], 64, "--listen <address:port>"),
            (["serve", "--listen", "127.0.0.1:65536"], 64, "--listen <address:port>"),
            (["serve", "--listen", "::1:80"], 64, "--listen <address:port>"),
            (["serve", "--listen", "[127.0.0.1]:80"], 64, "--listen <address:port>"),
            (["serve", "--listen", "192.0.2.1:0"], 69, "could not run the simulator"),
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
        // Files: the end of a pipe is late when another test's process has inherited it.
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? TestFiles.discard(folder) }
        let files = ["output", "errors"].map { folder.appending(path: $0) }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        let ended = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
        try process.run()
        var iterator = ended.stream.makeAsyncIterator()
        let code = try #require(await iterator.next())
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        return Outcome(code: code, output: texts[0], errors: texts[1])
    }
}
