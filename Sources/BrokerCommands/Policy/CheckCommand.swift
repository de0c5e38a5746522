internal import ArgumentParser

/// `iam-broker check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check configuration and policies without starting anything.",
        discussion: "Run with --help alone it lists its options."
    )

    /// The daemon's own options, which it explains itself.
    @Argument(parsing: .captureForPassthrough, help: "Options.")
    var arguments: [String] = []

    func run() throws {
        try DaemonProgram.become(["check"] + arguments)
    }
}
