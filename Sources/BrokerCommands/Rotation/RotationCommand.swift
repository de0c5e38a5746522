internal import ArgumentParser

/// `iam-broker rotation`: keys that are replaced on schedule.
struct RotationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotation",
        abstract: "Look at the schedules of key rotation.",
        subcommands: [RotationNextCommand.self]
    )
}

/// `iam-broker rotation next`.
struct RotationNextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Print when a cron expression is due next, by the clock on the wall of a place.",
        discussion: "Run with --help alone it lists its options."
    )

    /// The daemon's own options, which it explains itself.
    @Argument(parsing: .captureForPassthrough, help: "--expression and --zone, or --batch.")
    var arguments: [String] = []

    func run() throws {
        try DaemonProgram.become(["rotation", "next"] + arguments)
    }
}
