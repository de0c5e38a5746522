internal import ArgumentParser

/// `iam-broker rotation`: keys that are replaced on schedule.
struct RotationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotation",
        abstract: "Look at the rotation of keys, and have a say in it.",
        subcommands: [
            RotationStatusCommand.self, RotationPlanCommand.self, RotationRunCommand.self, RotationNextCommand.self,
            RotationHistoryCommand.self, RotationAcknowledgeCommand.self, RotationReleaseCommand.self,
            RotationRollbackCommand.self, RotationPauseCommand.self, RotationResumeCommand.self,
            RotationOrphansCommand.self,
        ]
    )
}
