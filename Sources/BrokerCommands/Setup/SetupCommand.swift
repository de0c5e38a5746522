internal import ArgumentParser

/// `iam-broker setup`: tells a tool of its helper.
struct SetupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Tell a tool of its credential helper, in the tool's own configuration.",
        discussion: """
            Exit codes: 0 done, or as it should be; 1 it is not, or somebody else's setting is in the place; 65 the file is not \
            what the tool would read, and is left alone; 69 the tool is not on this machine, or something else wrote the file.
            """,
        subcommands: [
            SetupDockerCommand.self, SetupGitCommand.self, SetupKubectlCommand.self, SetupAWSCommand.self,
            SetupRcloneCommand.self, SetupSDKCommand.self, SetupTerraformCommand.self, SetupCurlCommand.self,
        ]
    )

    /// What all of them say.
    static let promise = """
        The file as it was is kept beside it, with '.before-iam-broker' at the end, until --undo. Settings of others are left \
        alone.
        """
}
