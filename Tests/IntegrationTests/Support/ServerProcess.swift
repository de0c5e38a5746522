import Foundation
import Testing

/// A program that serves until ``stop()``.
final class ServerProcess: Sendable {
    let log = ProcessLog()
    private let process = Process()

    /// Starts it, and returns once it wrote `sign`.
    init(_ command: [String], in namespace: NetworkNamespace? = nil, readyAt sign: String) async throws {
        let command = (namespace?.entering ?? []) + command
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = [:]
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        log.follow(pipe)
        do {
            try await log.wait(for: sign)
        } catch {
            stop()
            throw error
        }
    }

    /// Starts a Python program of `Clients`, which says "listening on PORT" once it does.
    convenience init(client name: String, _ arguments: [String]) async throws {
        let python = try #require(
            ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"],
            "run `make test`, which prepares what the programs import"
        )
        try await self.init([python, Program.client(name)] + arguments, readyAt: "listening on ")
    }

    /// Where a program of `Clients` listens.
    var port: Int {
        get throws {
            try #require(log.text.firstMatch(of: /listening on ([0-9]+)\n/).flatMap { Int($0.1) })
        }
    }

    var processID: Int32 { process.processIdentifier }

    deinit { stop() }

    func stop() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
}
