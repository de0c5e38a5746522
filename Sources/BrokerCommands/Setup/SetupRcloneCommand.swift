internal import ArgumentParser

/// `iam-broker setup rclone`.
struct SetupRcloneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rclone",
        abstract: "Have a remote of rclone for Object Storage take its credentials as aws does.",
        discussion: """
            rclone calls no helpers itself, but reads profiles of the AWS tools: run 'iam-broker setup aws' first. Adds a remote \
            to $RCLONE_CONFIG, or ~/.config/rclone/rclone.conf.
            """ + " " + SetupCommand.promise
    )

    @Option(help: "The name of the remote. (default: cos)")
    var remote: String?

    @Option(help: "The profile of the AWS tools.")
    var awsProfile: String?

    @Option(
        help: ArgumentHelp(
            "Where Object Storage is, such as https://s3.eu-de.cloud-object-storage.appdomain.cloud.",
            valueName: "url"
        )
    )
    var endpoint: String?

    @OptionGroup var options: SetupOptions

    func validate() throws {
        try SetupName.validateProfile(remote, option: "--remote")
        try SetupName.validateProfile(awsProfile, option: "--aws-profile")
        _ = try endpoint.map(SetupEndpoint.init)
        guard options.isAdding else { return }
        if awsProfile == nil { throw ValidationError("name the profile that 'setup aws' made: --aws-profile NAME") }
        if endpoint == nil { throw ValidationError("say where Object Storage is: --endpoint URL") }
    }

    func run() throws {
        let file = try ToolFile(path())
        let setting = RcloneSetting(
            path: file.path,
            remote: remote ?? "cos",
            isNamed: remote != nil,
            profile: awsProfile ?? "",
            endpoint: try endpoint.map { try SetupEndpoint($0).text } ?? ""
        )
        try setting.setting.carryOut(options.mode, in: file)
    }

    private func path() throws(CommandFailure) -> String {
        if let file = options.file ?? Environment.value("RCLONE_CONFIG") { return file }
        if let folder = Environment.value("XDG_CONFIG_HOME") { return folder + "/rclone/rclone.conf" }
        return try SetupOptions.home() + "/.config/rclone/rclone.conf"
    }
}
