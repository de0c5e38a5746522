internal import ArgumentParser

/// `iam-broker setup docker`.
struct SetupDockerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docker",
        abstract: "Have docker, podman and skopeo ask iam-broker for tokens of IBM's registries.",
        discussion: "Adds 'credHelpers' to $DOCKER_CONFIG/config.json, or ~/.docker/config.json. "
            + SetupCommand.promise
    )

    @Option(
        help: ArgumentHelp(
            "A registry. Can be repeated. (default: icr.io, us.icr.io, de.icr.io, uk.icr.io)",
            valueName: "host"
        )
    )
    var host: [String] = []

    @Option(help: "The name of the trusted profile, for the helper docker-credential-iam-broker-NAME.")
    var profile: String?

    @OptionGroup var options: SetupOptions

    /// Those that the reference names (IBM API, section 8.10).
    private static let registries = ["icr.io", "us.icr.io", "de.icr.io", "uk.icr.io"]

    func validate() throws {
        for name in host where RegistryHost(name)?.name != name || RegistryHost(name)?.isIBMs != true {
            throw ValidationError(
                "--host \(TerminalText.quoting(name)) is no registry of IBM Cloud; the helper has nothing for it"
            )
        }
        try SetupName.validateProfile(profile)
    }

    func run() throws {
        let ours = DockerConfiguration.ourHelper
        let file = try ToolFile(path())
        let setting = DockerSetting(
            path: file.path,
            hosts: host.isEmpty ? Self.registries : host,
            isOfNamedHosts: !host.isEmpty,
            helper: profile.map { "\(ours)-\($0)" } ?? ours
        )
        try setting.setting.carryOut(options.mode, in: file)
    }

    private func path() throws(CommandFailure) -> String {
        if options.file == nil, let folder = Environment.value("DOCKER_CONFIG") { return folder + "/config.json" }
        return try options.path(inHome: ".docker/config.json")
    }
}
