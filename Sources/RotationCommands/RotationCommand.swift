package import ArgumentParser

/// `rotation`: keys that are replaced on schedule.
package struct RotationCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rotation",
        abstract: "Look at the schedules of key rotation.",
        subcommands: [RotationNextCommand.self]
    )

    package init() {}
}

/// The exit codes that are told apart here. They follow `sysexits.h`.
extension ExitCode {
    /// What was given to be judged is wrong.
    static let badInput = ExitCode(65)
}
