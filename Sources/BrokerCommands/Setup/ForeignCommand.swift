/// A command that somebody else has put into a tool's configuration.
enum ForeignCommand {
    /// Enough of it to find it again: people write passwords into such commands, so they are not shown.
    static func summary(_ command: String) -> String {
        if command.isEmpty { return "none" }
        let isOurs = command.hasPrefix("iam-broker ") && !command.unicodeScalars.contains(where: TerminalText.isUnsafe)
        if isOurs { return TerminalText.quoting(command) }
        let word = command.prefix { SetupName.isLetterOrDigit($0) || "._/-".contains($0) }
        return word.isEmpty
            ? "a command of somebody else" : TerminalText.quoting(String(word) + (word == command ? "" : " …"))
    }
}
