internal import ArgumentParser

/// What `setup` can be told for every tool.
struct SetupOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The file, in place of the tool's own.", valueName: "path"))
    var file: String?

    @Flag(exclusivity: .exclusive) var mode: SetupMode?

    func validate() throws {
        guard let file else { return }
        guard !file.isEmpty, !file.unicodeScalars.contains(where: TerminalText.isUnsafe) else {
            throw ValidationError("--file must be the path of a file")
        }
    }

    /// Whether the options that say what is to be added are needed: what is taken out is found without them.
    var isAdding: Bool { mode != .undo }

    /// The file that was named, or `path` in the user's home.
    func path(inHome path: String) throws(CommandFailure) -> String {
        if let file { return file }
        return try Self.home() + "/" + path
    }

    static func home() throws(CommandFailure) -> String {
        guard let home = Environment.value("HOME") else {
            throw CommandFailure(
                .usage,
                "HOME is not set, so nobody knows where the file is",
                hint: "name it with --file"
            )
        }
        return home
    }
}
