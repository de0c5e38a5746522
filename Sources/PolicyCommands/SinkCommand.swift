package import ArgumentParser

/// `sink`: what the daemon keeps in files.
package struct SinkCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sink",
        abstract: "Look at what the daemon would keep in a file.",
        subcommands: [SinkRenderCommand.self]
    )

    package init() {}
}
