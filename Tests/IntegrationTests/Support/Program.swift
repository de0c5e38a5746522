import Foundation
import Testing

/// A built product of this package.
enum Program: String {
    case daemon = "iam-brokerd"
    case command = "iam-broker"
    case simulator = "ibm-cloud-simulator"

    /// Beside the test bundle, wherever it was built; in the default place otherwise.
    func url() throws -> URL {
        let package = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let places = [
            Bundle.main.bundleURL.appending(path: rawValue), package.appending(path: ".build/debug/\(rawValue)"),
        ]
        let found = places.first { FileManager.default.isExecutableFile(atPath: $0.path()) }
        return try #require(found, "\(rawValue) is not built; run 'swift build' first")
    }

    /// The path of a program in `Clients`.
    static func client(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Clients/\(name)").path()
    }

    /// Runs the program to its end.
    ///
    /// Input and outputs are files, so nobody waits for a full pipe.
    func run(_ arguments: [String], input: String = "") async throws -> ProgramRun {
        try await Self.run(try url(), arguments, input: input)
    }

    /// The same for any program of this machine.
    ///
    /// - Parameters:
    ///   - program: its file.
    ///   - arguments: without the program's name.
    ///   - input: what it reads from standard input.
    ///   - limit: a safeguard in seconds, far above what it should take.
    /// - Returns: how it ended, and what it wrote.
    /// - Throws: when it cannot be started, or did not end in time.
    static func run(
        _ program: URL,
        _ arguments: [String],
        input: String = "",
        limit: Int = 100
    ) async throws -> ProgramRun {
        let folder = try ScratchFolder()
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = [:]
        let files = [try folder.file("input", input), try folder.file("output"), try folder.file("errors")]
        (process.standardInput, process.standardOutput, process.standardError) = (files[0], files[1], files[2])
        let end = Occurrence<Int32>("the end of \(program.lastPathComponent)")
        process.terminationHandler = { end.happen($0.exitCode) }
        try process.run()
        let exitCode: Int32
        do {
            exitCode = try await end.wait(limit: limit)
        } catch {
            kill(process.processIdentifier, SIGKILL)
            throw error
        }
        for file in files { try file.close() }
        return ProgramRun(
            exitCode: exitCode,
            output: try String(contentsOfFile: folder.path("output"), encoding: .utf8),
            errors: try String(contentsOfFile: folder.path("errors"), encoding: .utf8)
        )
    }
}

extension Program {
    /// Copies a program, so that it can be run at once.
    ///
    /// Another program does it: what this process begins meanwhile would hold the copy open for writing, and nobody can run it then.
    static func copy(_ program: URL, to path: String) async throws {
        let run = try await run(URL(filePath: "/bin/cp"), ["--preserve=mode", program.path(), path])
        try #require(run.exitCode == 0, "\(run.errors)")
    }
}

/// How a program ended.
struct ProgramRun: Sendable {
    let exitCode: Int32
    let output: String
    let errors: String
}

extension Process {
    /// The exit code, or the negative number of the signal that ended the process.
    var exitCode: Int32 { terminationReason == .exit ? terminationStatus : -terminationStatus }
}
