internal import ArgumentParser
internal import Glibc

/// `iam-broker setup git`.
struct SetupGitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git",
        abstract: "Have git ask iam-broker for tokens of some hosts.",
        discussion: "Adds 'credential.https://HOST.helper' to the file that 'git config --global' changes. "
            + SetupCommand.promise
    )

    @Option(
        help: ArgumentHelp("A host that gets tokens, with its port if it has one. Can be repeated.", valueName: "host")
    )
    var host: [String] = []

    @Option(help: "The name of the trusted profile.")
    var profile: String?

    @Option(help: "The user name that goes with the token. (default: iam)")
    var username: String?

    @OptionGroup var options: SetupOptions

    func validate() throws {
        if options.isAdding, host.isEmpty { throw ValidationError("name a host: --host git.example.com") }
        for name in host where !SetupName.isHost(name) {
            throw ValidationError(
                "--host \(TerminalText.quoting(name)) is no host: a name in lower case, with a port if it has one"
            )
        }
        try SetupName.validateProfile(profile)
        try SetupName.validateProfile(username, option: "--username")
    }

    func run() throws {
        let file = try ToolFile(path())
        let setting = GitSetting(
            file: file,
            isGits: options.file == nil,
            hosts: SetupName.unique(host),
            profile: profile,
            username: username
        )
        try setting.setting.carryOut(options.mode, in: file)
    }

    /// The file that `git config --global` changes (git-config(1), FILES).
    private func path() throws(CommandFailure) -> String {
        if let file = options.file ?? Environment.value("GIT_CONFIG_GLOBAL") { return file }
        let home = try SetupOptions.home()
        let second = (Environment.value("XDG_CONFIG_HOME") ?? home + "/.config") + "/git/config"
        let isSecond = unsafe access(home + "/.gitconfig", F_OK) != 0 && access(second, F_OK) == 0
        return isSecond ? second : home + "/.gitconfig"
    }
}
