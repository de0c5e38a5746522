import Foundation
import Testing

/// The programs of docs/clients.md as they stand there, against a daemon.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ClientDocumentTests {
    /// How a program in a file is run, by the language of its block.
    private static let runs = [
        "sh": "bash FILE", "python": "python3 FILE", "js": "node FILE", "java": "java FILE",
        "rust": "rustc -o FILE.out FILE && FILE.out", "swift": "swiftc -o FILE.out FILE && FILE.out",
        "go": "go run FILE",
    ]
    /// Those that are on every machine that runs these tests.
    private static let everywhere: Set = ["sh", "python", "swift"]

    @Test func everyProgramGetsATokenWhereItsLanguageIsOnTheMachine() async throws {
        let blocks = try Self.blocks()
        #expect(Set(blocks.map(\.language)) == Set(Self.runs.keys))
        var ran: Set<String> = []
        try await World.run { world in
            let token = try #require(try await world.ask().token)
            for block in blocks {
                let command = try #require(Self.runs[block.language])
                guard try await isThere(String(command.prefix { $0 != " " })) else { continue }
                ran.insert(block.language)
                let run = try await run(command, block, world)
                #expect(run.exitCode == 0, "\(block.language): \(Self.masked(run.errors))")
                let answer = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
                let isToken = answer?["access_token"] as? String == token
                #expect(isToken, "\(block.language)")
                let text = block.text.replacing("profile=reports", with: "profile=locked")
                let refused = try await self.run(command, (block.language, text), world)
                #expect(refused.exitCode != 0, "\(block.language)")
            }
        }
        #expect(ran.isSuperset(of: Self.everywhere), "\(ran)")
    }

    private func run(
        _ command: String,
        _ block: (language: String, text: String),
        _ world: World
    ) async throws -> ProgramRun {
        let folder = try ScratchFolder()
        // The class of Java's program gives the file its name.
        let file = folder.path("Broker.\(block.language == "rust" ? "rs" : block.language)")
        try block.text.write(toFile: file, atomically: false, encoding: .utf8)
        return try await shell(
            "export IAM_BROKER_SOCKET=\(world.workload) HOME=\(folder.path("")); "
                + command.replacing("FILE", with: file)
        )
    }

    private func isThere(_ program: String) async throws -> Bool {
        try await shell("command -v \(program) > /dev/null && \(program) --help > /dev/null 2>&1 < /dev/null").exitCode
            == 0
    }

    private func shell(_ script: String) async throws -> ProgramRun {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let rustup = ProcessInfo.processInfo.environment["HOME"].map { ["RUSTUP_HOME=\($0)/.rustup"] } ?? []
        return try await Program.run(URL(filePath: "/usr/bin/env"), ["PATH=\(path)"] + rustup + ["bash", "-c", script])
    }

    private static func masked(_ text: String) -> String { text.contains("eyJ") ? "it shows a token" : text }

    private static func blocks() throws -> [(language: String, text: String)] {
        let page = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/clients.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        return text.matches(of: /(?s)```([a-z]+)\n(.*?)```/).map { (String($0.1), String($0.2)) }
    }
}
