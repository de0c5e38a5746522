import Foundation
import TestFiles

/// A program of the system that was run to its end.
struct SystemProgram {
    var exitCode: Int32
    /// What it wrote to both of its outputs.
    var output: String

    /// Runs the program, searched in `PATH`.
    ///
    /// One that is missing is an error and no reason to skip a test.
    ///
    /// It has a thread of its own: the few of Swift's pool also run what other tests wait for.
    static func run(_ words: String...) async throws -> SystemProgram {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try SystemProgram(words) }) }
        }
    }

    private init(_ words: [String]) throws {
        let folder = try ScratchFolder()
        defer { folder.discard() }
        let log = folder.url.appending(path: "output")
        try Data().write(to: log)
        let handle = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        try handle.close()
        exitCode = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        output = try String(contentsOf: log, encoding: .utf8)
    }
}

/// A folder of a test's own.
struct ScratchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "iam-broker-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// Files that cannot be removed do not decide about a test.
    func discard() { try? TestFiles.discard(url) }
}
