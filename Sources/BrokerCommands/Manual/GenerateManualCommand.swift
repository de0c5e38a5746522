internal import ArgumentParser
internal import FoundationEssentials

/// `iam-broker generate-manual`: manual pages from what a program says of its own commands; for `make install`.
struct GenerateManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-manual",
        abstract: "Write the manual pages of a program into a folder.",
        discussion: "Standard input is the output of that program with --experimental-dump-help.",
        shouldDisplay: false
    )

    @Option(help: "The section of the manual, 1 or 8.")
    var section = 1

    @Argument(help: "A folder that exists.")
    var folder: String

    private static let inputLimit = 4 * 1_024 * 1_024

    func validate() throws {
        guard section == 1 || section == 8 else { throw ValidationError("--section must be 1 or 8") }
    }

    func run() throws {
        let input = try InputFile(path: "-").readAll(limit: Self.inputLimit)
        guard let document = try? JSONDecoder().decode(CommandDescription.Document.self, from: Data(input)) else {
            throw CommandFailure(
                .badInput,
                "standard input does not describe a program",
                hint: "iam-broker --experimental-dump-help | iam-broker generate-manual FOLDER"
            )
        }
        for command in document.command.all {
            let page = ManualPage(command, section: section)
            let path = "\(folder)/\(page.fileName)"
            do {
                try Data(page.text.utf8).write(to: URL(filePath: path))
            } catch {
                throw CommandFailure(
                    .badInput,
                    "cannot write \(TerminalText.quoting(path))",
                    hint: "give a folder that exists and that you may write to"
                )
            }
        }
    }
}
