internal import ArgumentParser

/// `iam-broker policy`: who may have what, and why.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check policies, test what they decide, and explain it.",
        subcommands: [PolicyCheckCommand.self, PolicyTestCommand.self, PolicyExplainCommand.self]
    )
}
