/// A command as its own declaration describes it: the JSON of `--experimental-dump-help`.
struct CommandDescription: Decodable, Sendable {
    let commandName: String
    let superCommands: [String]?
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [CommandDescription]?
    let shouldDisplay: Bool

    struct Argument: Decodable, Sendable {
        enum Kind: String, Decodable, Sendable {
            case positional
            case option
            case flag
        }

        let kind: Kind
        let names: [Name]?
        let preferredName: Name?
        let valueName: String?
        let abstract: String?
        let discussion: String?
        let defaultValue: String?
        let allValues: [String]?
        let isOptional: Bool
        let isRepeating: Bool
        let parsingStrategy: String
        let shouldDisplay: Bool
    }

    struct Name: Decodable, Sendable {
        let kind: String
        let name: String

        /// As it is typed.
        var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    /// The whole document.
    struct Document: Decodable, Sendable {
        let command: CommandDescription
    }

    /// The words that call it.
    var words: [String] { (superCommands ?? []) + [commandName] }

    var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

    var shownSubcommands: [CommandDescription] { (subcommands ?? []).filter(\.shouldDisplay) }

    /// This command and all below it that are shown.
    var all: [CommandDescription] { [self] + shownSubcommands.flatMap(\.all) }
}
