import Foundation
import Testing

/// Completion of command lines, in the shells that do it.
@Suite(.serialized, .timeLimit(.minutes(3))) struct CompletionTests {
    private static let environment = [
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
    ]

    /// Calls `body` with the path of the script for a shell.
    private func withScript(_ shell: String, _ body: (String) async throws -> Void) async throws {
        let run = try await CommandRun("--generate-completion-script", shell)
        try #require(run.exitCode == 0)
        try await withScratchFolder { folder in
            let file = folder.appending(path: "script")
            try Data(run.output.utf8).write(to: file)
            try await body(file.path())
        }
    }

    private func run(_ shell: String, _ arguments: [String], input: String = "") async throws -> CommandRun {
        let program = URL(filePath: "/usr/bin/\(shell)")
        return try await withScratchFolder { home in
            // fish makes folders there.
            let environment = Self.environment.merging(["HOME": home.path()]) { $1 }
            return try await CommandRun(program: program, arguments, input: Data(input.utf8), environment: environment)
        }
    }

    /// Each command line that is completed, and what it must offer.
    private func expectations() async throws -> [(line: String, words: [String])] {
        try await DescribedProgram().commands.filter { $0.commandName != "help" }
            .flatMap { command in
                [("\(command) -", command.options)]
                    + (command.shownSubcommands.isEmpty
                        ? [] : [("\(command) ", command.shownSubcommands.map(\.commandName))])
            }
    }

    @Test(arguments: [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")])
    func theScriptIsOneOfItsShell(shell: String, check: String) async throws {
        try await withScript(shell) { script in
            let run = try await run(shell, [check, script])
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(run.errors.isEmpty, "\(run.errors)")
        }
    }

    @Test func bashOffersEveryCommandAndEveryOption() async throws {
        let expectations = try await expectations()
        try await withScript("bash") { script in
            let lines = expectations.map { $0.line + "\n" }.joined()
            let run = try await run("bash", [Fixture.path("complete.bash"), script], input: lines)
            let offers = run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            try #require(offers.count == expectations.count, "\(run.errors)")
            for (expected, offer) in zip(expectations, offers) {
                let missing = Set(expected.words).subtracting(offer.split(separator: " ").map(String.init))
                // What may be given once only is offered once only: short names stand for long ones.
                #expect(
                    missing.filter { $0.hasPrefix("--") || !$0.hasPrefix("-") }.isEmpty,
                    "\(expected.line): \(missing)"
                )
            }
        }
    }

    @Test func fishOffersEveryCommandAndEveryOption() async throws {
        let expectations = try await expectations()
        try await withScript("fish") { script in
            let questions = expectations.map { "complete --do-complete '\($0.line)'; echo '== the end =='" }
            let run = try await run(
                "fish",
                ["--no-config"],
                input: "source \(script)\n" + questions.joined(separator: "\n")
            )
            let offers = run.output.split(separator: "== the end ==\n", omittingEmptySubsequences: false).dropLast()
            #expect(run.errors.isEmpty, "\(run.errors)")
            try #require(offers.count == expectations.count, "\(run.errors)")
            for (expected, offer) in zip(expectations, offers) {
                let words = offer.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
                let missing = Set(expected.words).subtracting(words).filter { $0.hasPrefix("--") || !$0.hasPrefix("-") }
                #expect(missing.isEmpty, "\(expected.line): \(missing), of \(words)")
            }
        }
    }

    @Test func zshHasEveryCommandAndEveryOption() async throws {
        let program = try await DescribedProgram()
        try await withScript("zsh") { script in
            let text = try String(contentsOfFile: script, encoding: .utf8)
            for command in program.commands where command.commandName != "help" {
                let name = "_" + command.words.joined(separator: "_")
                let body = try #require(text.firstRange(of: "\n\(name)() {")).upperBound
                let function = text[body...]
                    .prefix(upTo: text[body...].firstRange(of: "\n}")?.lowerBound ?? text.endIndex)
                for option in command.options {
                    // Alone, or one of several names of an option.
                    let isThere = ["[", "}", ",", ")"].contains { function.contains(option + $0) }
                    #expect(isThere, "\(command) \(option)")
                }
                for subcommand in command.shownSubcommands {
                    #expect(function.contains("'\(subcommand.commandName):"), "\(command) \(subcommand)")
                }
            }
        }
    }

    @Test(arguments: [
        ("iam-broker tok", "token"), ("iam-broker token --for", "--format"), ("iam-broker token --format cu", "curl"),
        ("iam-broker policy ex", "explain"), ("iam-broker exec --sig", "--signal"),
        ("iam-broker exec --signal W", "WINCH"),
    ])
    func bashCompletesAWord(line: String, word: String) async throws {
        try await withScript("bash") { script in
            let run = try await run("bash", [Fixture.path("complete.bash"), script], input: line + "\n")
            #expect(run.output == word + "\n", "\(run.errors)")
        }
    }

    @Test func whatIsNotForPeopleIsNotOffered() async throws {
        for shell in ["bash", "zsh", "fish"] {
            let run = try await CommandRun("--generate-completion-script", shell)
            #expect(!run.output.contains("generate-manual"))
        }
    }
}
