internal import ArgumentParser
internal import NIOCore

/// `iam-broker credential`: what tools call to get a credential.
struct CredentialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credential",
        abstract: "Answer a tool that asks for a credential, in the tool's own language.",
        discussion: """
            Tools call these themselves, by the names docker-credential-iam-broker, git-credential-iam-broker and \
            kubectl-iam_broker, which are links to iam-broker. Nothing is kept: each call asks the broker, and gets an \
            answer or an error within 2 seconds. IAM_BROKER_PROFILE names the trusted profile where no option does.
            """,
        subcommands: [
            DockerCredentialCommand.self, GitCredentialCommand.self, KubectlCredentialCommand.self,
            KubeletCredentialCommand.self, AWSCredentialCommand.self,
        ]
    )
}

/// What all helpers that answer with a token can be told.
struct HelperOptions: ParsableArguments {
    @Option(help: "The name of the trusted profile. (default: $IAM_BROKER_PROFILE, or default)")
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "The broker's workload socket. (default: $IAM_BROKER_SOCKET, or the system's)",
            valueName: "path"
        )
    )
    var socket: String?

    /// The token, or why there is none, within two seconds: tools wait for their helpers.
    func token() async throws(CommandFailure) -> AccessToken {
        let name = profile ?? Environment.value("IAM_BROKER_PROFILE") ?? "default"
        let client = BrokerClient(socket: WorkloadSocketOptions.path(socket), deadline: .seconds(2))
        return try await AccessToken.of(name, from: client)
    }
}
