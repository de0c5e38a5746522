import Foundation
import Testing

/// The command blocks of README.md and docs, as somebody would paste them; Tests/Documents/run_blocks.py says how.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct DocumentBlockTests {
    @Test func everyCommandBlockWorksOrSaysWhyItIsNotRunNeedsRoot() async throws {
        try #require(geteuid() == 0, "this test needs root: it makes namespaces")
        let programs = try Program.command.url().deletingLastPathComponent().path()
        let script = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Documents/run_blocks.py")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let run = try await Program.run(
            URL(filePath: "/usr/bin/env"),
            ["PATH=\(path)", "python3", "-B", script.path(), "--programs", programs],
            limit: 1_100
        )
        let text = run.output + run.errors
        #expect(run.exitCode == 0, "\(text)")
        // A program that finds no blocks would be content with that.
        let summary = try #require(run.output.firstMatch(of: /([0-9]+) blocks: ([0-9]+) run, ([0-9]+) marked/))
        let ran = try #require(Int(summary.output.2))
        let marked = try #require(Int(summary.output.3))
        #expect(ran > 80 && marked < ran / 2, "\(summary.output.0)")
        let hasToken = text.contains("eyJ")
        #expect(!hasToken)
    }
}
