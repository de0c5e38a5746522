import Foundation
import TestFiles

/// The built `iam-broker` as a process.
struct CommandRun: Sendable {
    var exitCode: Int32
    var output: String
    var errors: String

    /// Beside the test bundle, wherever it was built; in the default place otherwise.
    static var executable: URL {
        let beside = Bundle.main.bundleURL.appending(path: "iam-broker")
        if FileManager.default.isExecutableFile(atPath: beside.path()) { return beside }
        let package = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.appending(path: ".build/debug/iam-broker")
    }

    /// A process that is ready to run, with nothing of this process's environment but what it is given.
    static func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        return process
    }

    /// Runs the command to its end.
    init(_ arguments: String..., input: String = "", environment: [String: String] = [:]) async throws {
        self = try await Self(arguments, input: Data(input.utf8), environment: environment)
    }

    /// Runs the command, or another program, to its end.
    ///
    /// Input and outputs are files, so nobody waits for a full pipe.
    init(_ arguments: [String], input: Data, environment: [String: String] = [:]) async throws {
        self = try await Self(program: Self.executable, arguments, input: input, environment: environment)
    }

    /// Runs any program to its end.
    init(program: URL, _ arguments: [String], input: Data = Data(), environment: [String: String] = [:]) async throws {
        self = try await withScratchFolder { folder in
            let process = Self.process(arguments, environment: environment)
            process.executableURL = program
            let inputFile = try Self.file(folder.appending(path: "input"), input)
            let outputFile = try Self.file(folder.appending(path: "output"))
            let errorFile = try Self.file(folder.appending(path: "errors"))
            process.standardInput = inputFile
            process.standardOutput = outputFile
            process.standardError = errorFile
            try await process.runToItsEnd()
            // Foundation crashes in Process.run when a process has more than some 1,300 descriptors open.
            for file in [inputFile, outputFile, errorFile] { try file.close() }
            return Self(
                exitCode: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
                output: try String(contentsOf: folder.appending(path: "output"), encoding: .utf8),
                errors: try String(contentsOf: folder.appending(path: "errors"), encoding: .utf8)
            )
        }
    }

    private init(exitCode: Int32, output: String, errors: String) {
        self.exitCode = exitCode
        self.output = output
        self.errors = errors
    }

    private static func file(_ url: URL, _ content: Data = Data()) throws -> FileHandle {
        try content.write(to: url)
        return try FileHandle(forUpdating: url)
    }
}

extension Process {
    /// Starts the process and waits for its end.
    func runToItsEnd() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            terminationHandler = { _ in continuation.resume() }
            do {
                try run()
            } catch {
                terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }
}

/// A folder of its own for the time of `body`.
///
/// Its path is short enough for a socket.
func withScratchFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let name = "iam-broker-\(UUID().uuidString.prefix(13))"
    let folder = FileManager.default.temporaryDirectory.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let result: Result
    do {
        result = try await body(folder)
    } catch {
        try TestFiles.discard(folder)
        throw error
    }
    try TestFiles.discard(folder)
    return result
}

/// The files beside the tests.
enum Fixture {
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path()
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// The token in an answer of IAM or of the metadata service.
    static func token(_ name: String) throws -> String {
        struct Answer: Decodable {
            var accessToken: String
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Answer.self, from: Data(text(name).utf8)).accessToken
    }
}
