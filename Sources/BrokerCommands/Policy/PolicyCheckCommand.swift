internal import ArgumentParser

/// `iam-broker policy check`.
struct PolicyCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say everything that is wrong or doubtful in a policy.",
        discussion: "Run with --help alone it lists its options."
    )

    /// The daemon's own options, which it explains itself.
    @Argument(parsing: .captureForPassthrough, help: "Options, and files or folders of grant documents.")
    var arguments: [String] = []

    func run() throws {
        try DaemonProgram.become(["policy", "check"] + arguments)
    }
}
