internal import ArgumentParser

/// `iam-broker sink`: what the daemon keeps in files.
struct SinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sink",
        abstract: "Look at what the daemon would keep in a file.",
        subcommands: [SinkRenderCommand.self]
    )
}
