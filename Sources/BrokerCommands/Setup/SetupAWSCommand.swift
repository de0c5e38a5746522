internal import ArgumentParser
internal import BrokerAPI

/// `iam-broker setup aws`.
struct SetupAWSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aws",
        abstract: "Have aws, boto3 and others ask iam-broker for the HMAC pair of Object Storage.",
        discussion: "Adds 'credential_process' to a profile in $AWS_CONFIG_FILE, or ~/.aws/config. "
            + SetupCommand.promise
    )

    @Option(help: "The name of the pair.")
    var pair: String?

    @Option(help: "What the AWS tools call the profile. (default: the name of the pair)")
    var name: String?

    @Option(
        help: ArgumentHelp(
            "Where Object Storage is, such as https://s3.eu-de.cloud-object-storage.appdomain.cloud.",
            valueName: "url"
        )
    )
    var endpoint: String?

    @OptionGroup var options: SetupOptions

    func validate() throws {
        if options.isAdding, pair == nil { throw ValidationError("name the pair: --pair NAME") }
        if let pair, !HMACPair.isName(pair) { throw ValidationError(AWSCredentialCommand.pairNameRule) }
        try SetupName.validateProfile(name, option: "--name")
        _ = try endpoint.map(SetupEndpoint.init)
    }

    func run() throws {
        let file = try ToolFile(path())
        let setting = AWSSetting(
            path: file.path,
            name: name ?? pair ?? "",
            pair: pair ?? "",
            named: (pair, name),
            endpoint: try endpoint.map { try SetupEndpoint($0).text }
        )
        try setting.setting.carryOut(options.mode, in: file)
    }

    private func path() throws(CommandFailure) -> String {
        if options.file == nil, let file = Environment.value("AWS_CONFIG_FILE") { return file }
        return try options.path(inHome: ".aws/config")
    }
}
