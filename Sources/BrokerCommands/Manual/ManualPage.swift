internal import BrokerAPI

/// The manual page of one command, made from nothing but its declaration: it says what `--help` says, and has no date.
struct ManualPage: Sendable {
    private let command: CommandDescription
    private let section: Int

    /// The page is in this section of the manual.
    init(_ command: CommandDescription, section: Int) {
        (self.command, self.section) = (command, section)
    }

    private var name: String { command.words.joined(separator: "-") }

    var fileName: String { "\(name).\(section)" }

    /// In the macros of man(7).
    var text: String {
        let title = RoffText.escaping(name.uppercased())
        var lines = [
            #".TH "\#(title)" \#(section) "" "\#(RoffText.escaping("iam-broker \(brokerVersion)"))" "iam\-broker""#,
            // No hyphens in words, which people copy, and no wider spaces.
            ".nh", ".ad l", ".SH NAME", RoffText.paragraph("\(name) - \(summary)"), ".SH SYNOPSIS", synopsis,
        ]
        let paragraphs = [command.abstract, command.discussion].compactMap { $0 }.flatMap(Self.paragraphs)
        if !paragraphs.isEmpty {
            lines += [".SH DESCRIPTION", paragraphs.map(RoffText.paragraph).joined(separator: "\n.PP\n")]
        }
        lines += list("COMMANDS", command.shownSubcommands.map { (RoffText.bold($0.commandName), $0.abstract ?? "") })
        let arguments = command.shownArguments
        lines += list("ARGUMENTS", arguments.filter { $0.kind == .positional }.map(Self.entry))
        lines += list("OPTIONS", arguments.filter { $0.kind != .positional }.map(Self.entry))
        lines += [".SH SEE ALSO", related.joined(separator: ",\n")]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The abstract without its full stop.
    private var summary: String {
        let abstract = command.abstract ?? "a command of \(command.words[0])"
        return abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract
    }

    private var synopsis: String {
        let words = [RoffText.bold(command.words.joined(separator: " "))]
        let subcommand = command.shownSubcommands.isEmpty ? [] : [RoffText.italic("command")]
        let arguments = command.shownArguments
        let options = arguments.filter { $0.kind != .positional } + arguments.filter { $0.kind == .positional }
        let usage = (words + options.map(Self.usage) + subcommand).joined(separator: " ")
        return RoffText.filled(usage.split(separator: " ").map(String.init))
    }

    private static func usage(_ argument: CommandDescription.Argument) -> String {
        let value = RoffText.italic(argument.valueName ?? "value") + (argument.isRepeating ? " ..." : "")
        let name = argument.preferredName.map { RoffText.bold($0.text) } ?? ""
        let text =
            switch argument.kind {
            case .flag: name
            case .option: "\(name) \(RoffText.italic(argument.valueName ?? "value"))"
            case .positional: argument.parsingStrategy == "postTerminator" ? "\\-\\- \(value)" : value
            }
        return argument.isOptional ? "[\(text)]" : text
    }

    /// What is described, and how.
    private static func entry(_ argument: CommandDescription.Argument) -> (term: String, text: String) {
        let names = (argument.names ?? []).map { RoffText.bold($0.text) }.joined(separator: ", ")
        let value = RoffText.italic(argument.valueName ?? "value")
        let term =
            switch argument.kind {
            case .positional: value
            case .option: "\(names) \(value)"
            case .flag: names
            }
        var sentences = [argument.abstract, argument.discussion].compactMap { $0 }
        if let values = argument.allValues { sentences.append("One of: \(values.joined(separator: ", ")).") }
        if let value = argument.defaultValue { sentences.append("Default: \(value).") }
        return (term, sentences.isEmpty ? "As its name says." : sentences.joined(separator: " "))
    }

    private func list(_ heading: String, _ entries: [(term: String, text: String)]) -> [String] {
        guard !entries.isEmpty else { return [] }
        return [".SH \(heading)"]
            + entries.flatMap { entry in
                let paragraphs = Self.paragraphs(entry.text).map(RoffText.paragraph)
                return [".TP", entry.term, paragraphs.joined(separator: "\n.IP\n")]
            }
    }

    /// Pages of the command above and those below; for one that the daemon's program carries out, also its page there.
    private var related: [String] {
        let root = command.words[0]
        let daemon = "iam-brokerd"
        var pages = [command.words.dropLast()].filter { !$0.isEmpty }.map { ($0.joined(separator: "-"), section) }
        pages += command.shownSubcommands.map { ($0.words.joined(separator: "-"), section) }
        if command.shownArguments.contains(where: { $0.parsingStrategy == "allRemainingInput" }) {
            pages.append((([daemon] + command.words.dropFirst()).joined(separator: "-"), 8))
        }
        if command.words.count == 1 { pages.append(root == daemon ? ("iam-broker", 1) : (daemon, 8)) }
        return pages.map { "\(RoffText.bold($0.0))(\($0.1))" }
    }

    /// The parts that line feeds separate, each on one line.
    private static func paragraphs(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
    }
}
