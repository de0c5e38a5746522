import Foundation
import Testing

/// A program of this package, as it describes itself.
struct DescribedProgram: Sendable {
    struct Command: Decodable, Sendable, CustomStringConvertible {
        struct Argument: Decodable, Sendable {
            struct Name: Decodable, Sendable {
                let kind: String
                let name: String

                var text: String { (kind == "long" ? "--" : "-") + name }
            }

            let names: [Name]?
            let shouldDisplay: Bool
        }

        let commandName: String
        let superCommands: [String]?
        let arguments: [Argument]?
        let subcommands: [Command]?
        let shouldDisplay: Bool

        var words: [String] { (superCommands ?? []) + [commandName] }
        var shownSubcommands: [Command] { (subcommands ?? []).filter(\.shouldDisplay) }
        var all: [Command] { [self] + shownSubcommands.flatMap(\.all) }
        var options: [String] {
            (arguments ?? []).filter(\.shouldDisplay).flatMap { $0.names ?? [] }.map(\.text)
        }
        var description: String { words.joined(separator: " ") }
    }

    private struct Document: Decodable {
        let command: Command
    }

    let executable: URL
    /// What it says of itself, as JSON.
    let dump: String
    let commands: [Command]

    /// One that lies beside `iam-broker`.
    init(_ name: String = "iam-broker") async throws {
        executable = CommandRun.executable.deletingLastPathComponent().appending(path: name)
        let run = try await CommandRun(program: executable, ["--experimental-dump-help"])
        dump = run.output
        commands = try JSONDecoder().decode(Document.self, from: Data(run.output.utf8)).command.all
        try #require(commands.count > 5)
    }

    /// The help for one command, whose words begin with the program's name.
    func help(for words: [String]) async throws -> String {
        let run = try await CommandRun(program: executable, ["help"] + words.dropFirst())
        #expect(run.exitCode == 0, "\(run.errors)")
        return run.output
    }
}
