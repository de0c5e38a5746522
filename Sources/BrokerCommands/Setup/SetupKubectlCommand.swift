internal import ArgumentParser

/// `iam-broker setup kubectl`.
struct SetupKubectlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubectl",
        abstract: "Have kubectl, and everything that reads a kubeconfig, ask iam-broker for tokens.",
        discussion: """
            Adds a user to $KUBECONFIG, or ~/.kube/config. Contexts are left alone: name one that has a user without \
            credentials with --context, or bind one yourself with kubectl config set-context NAME --user=iam.
            """ + " " + SetupCommand.promise
    )

    @Option(help: "The name of the user in the kubeconfig. (default: iam)")
    var user: String?

    @Option(help: ArgumentHelp("A context: the user that it names is the one that is added.", valueName: "name"))
    var context: String?

    @Option(help: "The name of the trusted profile.")
    var profile: String?

    @OptionGroup var options: SetupOptions

    func validate() throws {
        try SetupName.validateProfile(profile)
        guard user == nil || context == nil else {
            throw ValidationError("--user and --context say the same: give one of them")
        }
        for (name, option) in [(user, "--user"), (context, "--context")] {
            guard let name, !Self.isName(name) else { continue }
            throw ValidationError("\(option) must be letters, digits and '._@/:-', with a letter or digit first")
        }
    }

    func run() throws {
        let file = try ToolFile(path())
        if options.mode == .print, context == nil, ToolProgram("kubectl") == nil {
            return try StandardOutput.write(KubectlSetting.text(user: user ?? "iam", profile: profile, .newest))
        }
        let kubectl = try kubectl(for: file)
        let setting = KubectlSetting(
            file: file,
            kubectl: kubectl,
            user: try name(file, kubectl),
            isNamed: user != nil || context != nil,
            profile: profile,
            versions: try KubectlVersions(of: kubectl)
        )
        try setting.setting.carryOut(options.mode, in: file)
    }

    private func kubectl(for file: ToolFile) throws(CommandFailure) -> ToolProgram {
        guard options.mode == .undo, ToolProgram("kubectl") == nil else { return try ToolProgram.required("kubectl") }
        throw CommandFailure(
            .unavailable,
            "kubectl is nowhere in PATH, and nobody else reads its configuration as it does",
            hint: "install kubectl, or take out by hand the users in \(file.path) whose command is iam-broker"
        )
    }

    private func name(_ file: ToolFile, _ kubectl: ToolProgram) throws -> String {
        guard let context else { return user ?? "iam" }
        guard try file.content() != nil else {
            throw CommandFailure(.rejected, "there is no context \(context): \(file.path) does not exist")
        }
        guard let user = try KubectlSetting.view(file.path, kubectl, called: file.path).user(ofContext: context) else {
            throw CommandFailure(
                .rejected,
                "\(file.path) has no context \(context) that names a user",
                hint: "name one: kubectl config set-context \(context) --user=iam"
            )
        }
        guard Self.isName(user) else {
            throw CommandFailure(.badInput, "the user of the context \(context) has a name that is not known here")
        }
        return user
    }

    private func path() throws -> String {
        guard options.file == nil, let list = Environment.value("KUBECONFIG") else {
            return try options.path(inHome: ".kube/config")
        }
        let files = list.split(separator: ":")
        guard files.count == 1 else {
            throw ValidationError("KUBECONFIG names more than one file: say which with --file")
        }
        return String(files[0])
    }

    private static func isName(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count) && text.first.map { SetupName.isLetterOrDigit($0) } == true
            && text.allSatisfy { SetupName.isLetterOrDigit($0) || "._@/:-".contains($0) }
    }
}
