internal import ArgumentParser

/// `iam-broker setup`: tells a tool of its helper.
struct SetupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Tell a tool of its credential helper, in the tool's own configuration.",
        discussion: "Exit codes: 0 done, or as it should be; 1 it is not, or somebody else's helper is in the place.",
        subcommands: [SetupDockerCommand.self]
    )
}
