internal import ArgumentParser
internal import SystemPrograms

/// `iam-broker setup terraform`.
struct SetupTerraformCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terraform",
        abstract: "Make a command terraform-ibm, which runs terraform with a token.",
        discussion: """
            IBM's provider asks no helper, so what it reads must be in the environment when terraform starts. The script \
            ~/.local/bin/terraform-ibm runs it with 'iam-broker exec'. Nothing secret is in the script.
            """ + " " + SetupCommand.promise
    )

    @Option(help: "The name of the trusted profile.")
    var profile = "default"

    @OptionGroup var options: SetupOptions

    func validate() throws { try SetupName.validateProfile(profile) }

    func run() throws {
        let file = try ToolFile(options.path(inHome: ".local/bin/terraform-ibm"))
        let setting = WrapperSetting(file: file, script: Self.script, profile: profile, askTool: Self.ask)
        try setting.setting.carryOut(options.mode, in: file)
    }

    /// How `iam-broker exec` is told to give the token.
    private static let execution = "iam-broker exec"

    private static func script(_ profile: String) -> String {
        """
        #!/bin/sh
        # Made by 'iam-broker setup terraform', which takes it away with --undo.
        # terraform with a token of a trusted profile in its environment.
        \(WrapperSetting.line(profile))
        exec \(execution) --profile "$profile" -- terraform "$@"

        """
    }

    private static func ask() throws(CommandFailure) -> String {
        guard let terraform = ToolProgram("terraform") else { return "terraform is not in PATH yet" }
        // It would ask the network for news.
        let run = try terraform.run(["version"], setting: ["CHECKPOINT_DISABLE": "1"])
        guard run.isSuccess, let version = run.output.split(separator: "\n").first else {
            throw CommandFailure(.rejected, "\(terraform.path) does not run: \(run.complaint)")
        }
        return "it runs \(version)"
    }
}
