internal import ArgumentParser

/// `iam-broker setup sdk`.
struct SetupSDKCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sdk",
        abstract: "Have programs with IBM's SDKs ask the broker's loopback listener.",
        discussion: """
            Adds NAME_AUTH_TYPE=vpc and where the listener is to $IBM_CREDENTIALS_FILE, or ~/ibm-credentials.env, which the SDKs \
            read by themselves. The daemon must have listen.metadata in its configuration.
            """ + " " + SetupCommand.promise
    )

    @Option(help: ArgumentHelp("What the SDK calls the service, such as vpc. Can be repeated.", valueName: "name"))
    var service: [String] = []

    @Option(help: ArgumentHelp("The ID of the trusted profile. (default: the instance's profile)", valueName: "id"))
    var profileID: String?

    @Option(help: ArgumentHelp("The CRN of the trusted profile, in place of its ID.", valueName: "crn"))
    var profileCRN: String?

    @Option(help: ArgumentHelp("Where the daemon listens: listen.metadata of its configuration.", valueName: "address"))
    var listener = "127.0.0.1:8169"

    @OptionGroup var options: SetupOptions

    func validate() throws {
        if options.isAdding, service.isEmpty { throw ValidationError("name a service: --service vpc") }
        for name in service where !Self.isService(name) {
            throw ValidationError(
                "--service \(TerminalText.quoting(name)) must be letters, digits, '_' and '-', with a letter first"
            )
        }
        if let profileID, !profileID.hasPrefix("Profile-") || !SetupName.isProfile(profileID) {
            throw ValidationError("--profile-id must be an ID: Profile- and letters, digits and '-'")
        }
        if let profileCRN, !Self.isCRN(profileCRN) {
            throw ValidationError("--profile-crn must be the CRN of a trusted profile: crn:v1:…:profile:Profile-…")
        }
        guard profileID == nil || profileCRN == nil else {
            throw ValidationError("--profile-id and --profile-crn say the same: give one of them")
        }
        _ = try url()
    }

    func run() throws {
        let file = try ToolFile(path())
        let profile: SDKSetting.Profile =
            if let profileID { .id(profileID) } else if let profileCRN { .crn(profileCRN) } else { .ofTheInstance }
        let setting = SDKSetting(
            path: file.path,
            services: SetupName.unique(service),
            listener: try url(),
            profile: profile
        )
        try setting.setting.carryOut(options.mode, in: file)
    }

    private func path() throws(CommandFailure) -> String {
        if options.file == nil, let file = Environment.value("IBM_CREDENTIALS_FILE") { return file }
        return try options.path(inHome: "ibm-credentials.env")
    }

    /// Tokens go over it in the clear, so it must be on this machine.
    private func url() throws -> String {
        guard listener.contains(":"), let service = try? ServiceURL("http://" + listener) else {
            throw ValidationError("--listener \(TerminalText.quoting(listener)) must be a loopback address and a port")
        }
        return "\(service)"
    }

    private static func isService(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.first.map { $0.isASCII && $0.isLetter } == true
            && text.allSatisfy { SetupName.isLetterOrDigit($0) || "_-".contains($0) }
    }

    private static func isCRN(_ text: String) -> Bool {
        text.hasPrefix("crn:v1:") && text.contains(":profile:Profile-") && text.utf8.count <= 512
            && text.allSatisfy { SetupName.isLetterOrDigit($0) || ":/._-".contains($0) }
    }
}
