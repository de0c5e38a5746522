import CloudSimulator
import Foundation
import Testing

/// What is left of a token in the daemon's memory, where only root can look.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct MemoryNeedsRootTests {
    /// The daemon keeps a connection to IAM, and what came through it, for ten seconds.
    private static let patience: Duration = .seconds(60)

    @Test func aLockLeavesNothingOfTheTokenInMemory() async throws {
        try await World.run { world in
            let token = try #require(try await world.ask().token)
            // Connections that asked and stay: none of them may keep its answer.
            let connections = try await blocking {
                try (0..<5)
                    .map { _ in
                        let connection = try Connection(world.workload)
                        for _ in 0..<3 {
                            try connection.request("GET", "/v1/token?profile=reports")
                            _ = try #require(try connection.receive())
                        }
                        return connection
                    }
            }
            // The search finds what is there.
            #expect(try await Self.occurrences(of: token, in: world.daemon).count > 0)
            let lock = try await Program.command.run(["lock", "--socket", world.admin])
            #expect(lock.exitCode == 0, "\(lock.errors)")
            try await Self.waitUntilGone(token, in: world.daemon)
            withExtendedLifetime(connections) {}
        }
    }

    @Test func aRenewedTokenLeavesNothingOfTheOneBefore() async throws {
        try await World.run { world in
            let token = try #require(try await world.ask().token)
            #expect(try await Self.occurrences(of: token, in: world.daemon).count > 0)
            #expect(try await world.refresh().status == 200)
            let next = try #require(try await world.ask().token)
            try #require(next != token)
            try await Self.waitUntilGone(token, in: world.daemon)
            #expect(try await Self.occurrences(of: next, in: world.daemon).count > 0)
        }
    }

    private struct Found {
        let count: Int
        let places: String
    }

    private static func waitUntilGone(_ token: String, in daemon: DaemonProcess) async throws {
        let deadline = ContinuousClock.now + patience
        var found = try await occurrences(of: token, in: daemon)
        // Each look takes its time: nothing else sets the pace.
        while found.count > 0, ContinuousClock.now < deadline { found = try await occurrences(of: token, in: daemon) }
        #expect(found.count == 0, "\(found.places)")
    }

    private static func occurrences(of token: String, in daemon: DaemonProcess) async throws -> Found {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [Program.client("memory_scan.py"), String(daemon.processID)]
        // No file: it would hold the token.
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        let log = ProcessLog()
        let end = Occurrence<Int32>("the end of the search")
        process.terminationHandler = { end.happen($0.exitCode) }
        try process.run()
        log.follow(output)
        try input.fileHandleForWriting.write(contentsOf: Data(token.utf8))
        try input.fileHandleForWriting.close()
        try #require(try await end.wait() == 0)
        try await log.waitForEnd()
        let count = try #require(log.text.prefixMatch(of: /[0-9]+/))
        return Found(count: try #require(Int(count.output)), places: log.text)
    }
}
