import Foundation
import Testing

/// A program that is run to its end.
enum Tool {
    @discardableResult
    static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        process.standardInput = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            // Not on the cooperative pool: it holds up its thread.
            DispatchQueue.global()
                .async {
                    do {
                        try process.run()
                        // Both are short: neither pipe fills.
                        let text = try output.fileHandleForReading.readToEnd() ?? Data()
                        let trouble = try errors.fileHandleForReading.readToEnd() ?? Data()
                        process.waitUntilExit()
                        guard process.terminationStatus == 0 else {
                            throw ToolError(message: "\(program) failed: \(String(decoding: trouble, as: UTF8.self))")
                        }
                        continuation.resume(returning: String(decoding: text, as: UTF8.self))
                    } catch {
                        continuation.resume(throwing: error)
                    }
                }
        }
    }
}

struct ToolError: Error {
    let message: String
}

/// Waits until a condition holds; a machine that is busy takes long.
func eventually(
    _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(90)
    while try await !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("it did not happen: \(what)", sourceLocation: sourceLocation)
            throw ToolError(message: "\(what)")
        }
        // A condition of another process gives no sign.
        try await Task.sleep(for: .milliseconds(20))
    }
}
