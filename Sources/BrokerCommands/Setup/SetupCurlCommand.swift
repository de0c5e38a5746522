internal import ArgumentParser
internal import SystemPrograms

/// `iam-broker setup curl`.
struct SetupCurlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curl",
        abstract: "Make a command curl-iam, which takes curl's usual options and sends a token along.",
        discussion: """
            curl asks no helper, and would send a header of its configuration to every host. The script ~/.local/bin/curl-iam \
            hands the request to 'iam-broker request', which gives the token to IBM Cloud's hosts alone. Nothing secret is in \
            the script.
            """ + " " + SetupCommand.promise
    )

    @Option(help: "The name of the trusted profile.")
    var profile = "default"

    @OptionGroup var options: SetupOptions

    func validate() throws { try SetupName.validateProfile(profile) }

    func run() throws {
        let file = try ToolFile(options.path(inHome: ".local/bin/curl-iam"))
        let setting = WrapperSetting(file: file, script: CurlScript.text, profile: profile) {
            () throws(CommandFailure) in
            try Self.ask(file)
        }
        try setting.setting.carryOut(options.mode, in: file)
    }

    /// Calls the script with nothing to do.
    private static func ask(_ file: ToolFile) throws(CommandFailure) -> String {
        let run = try ToolProgram.required("sh").run([file.path])
        guard run.end == .exited(ExitCode.usage.rawValue), run.errors.hasPrefix("curl-iam: name a URL") else {
            throw CommandFailure(.rejected, "\(file.path) does not run: \(run.complaint)")
        }
        return "it runs"
    }
}
