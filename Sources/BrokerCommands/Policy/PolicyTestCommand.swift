internal import ArgumentParser

/// `iam-broker policy test`.
struct PolicyTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the cases of *.test.yaml files against the policies beside them.",
        discussion: "Run with --help alone it lists its options."
    )

    /// The daemon's own options, which it explains itself.
    @Argument(parsing: .captureForPassthrough, help: "Options, and files of cases or folders with such files.")
    var arguments: [String] = []

    func run() throws {
        try DaemonProgram.become(["policy", "test"] + arguments)
    }
}
