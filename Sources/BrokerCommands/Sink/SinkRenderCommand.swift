internal import ArgumentParser

/// `iam-broker sink render`.
struct SinkRenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Print what a sink's file would hold, with invented values that are the same each time.",
        discussion: "Run with --help alone it lists its options."
    )

    /// The daemon's own options, which it explains itself.
    @Argument(parsing: .captureForPassthrough, help: "--fake, and a sink's name or --template with a file.")
    var arguments: [String] = []

    func run() throws {
        try DaemonProgram.become(["sink", "render"] + arguments)
    }
}
