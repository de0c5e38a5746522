import Foundation
import Testing

/// The Python interpreter that has joserfc and cryptography, which the tests compare with.
enum ReferencePython {
    /// Runs the script that mints the cases, and returns when it has ended well.
    static func mint(_ arguments: String...) async throws {
        try await run("mint_cases.py", arguments)
    }

    /// Runs one of the scripts beside the tests, and returns when it has ended well.
    static func run(_ script: String, _ arguments: [String]) async throws {
        guard let path = ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"], !path.isEmpty else {
            Issue.record("IAM_BROKER_TEST_PYTHON is not set: run `make test`, which prepares joserfc and cryptography")
            throw Missing()
        }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = [Fixture.path(script)] + arguments
        try await process.runToItsEnd()
        try #require(process.terminationStatus == 0, "\(script) failed: its errors are above")
    }

    struct Missing: Error {}
}
