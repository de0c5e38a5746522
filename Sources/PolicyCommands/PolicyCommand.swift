package import ArgumentParser

/// `policy`: judges policies without a running daemon.
package struct PolicyCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check policies, and test what they decide.",
        subcommands: [PolicyCheckCommand.self, PolicyTestCommand.self]
    )

    package init() {}
}

/// The exit codes that are told apart here. They follow `sysexits.h`.
extension ExitCode {
    /// The answer is no: a test failed, or there are warnings and none are wanted.
    static let no = ExitCode(1)
    /// The configuration or a policy is wrong.
    static let badConfiguration = ExitCode(78)
}
