import Foundation
import TestFiles
import Testing

/// A Python program of `Clients` that uses IBM's SDKs.
enum PythonClient {
    /// Runs it to its end.
    ///
    /// - Returns: what it wrote, and its exit code.
    static func run(_ name: String, _ arguments: [String]) async throws -> (output: String, code: Int32) {
        let python = try #require(
            ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"],
            "run `make test`, which prepares IBM's SDKs"
        )
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Clients/\(name)").path()
        // A file: the end of a pipe is late when another test's process has inherited it.
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data().write(to: file)
        defer { try? TestFiles.discard(file) }
        let handle = try FileHandle(forWritingTo: file)
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [script] + arguments
        process.environment = [:]
        (process.standardOutput, process.standardError) = (handle, handle)
        let ended = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
        try process.run()
        var iterator = ended.stream.makeAsyncIterator()
        let code = try #require(await iterator.next())
        return (try String(contentsOf: file, encoding: .utf8), code)
    }
}
