internal import ArgumentParser
internal import BrokerAPI
internal import JOSE

/// `iam-broker token`: a token of a trusted profile.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print an IAM token of a trusted profile.",
        discussion: "Whether this process may have one is decided by the broker's policy."
    )

    @Option(help: "The name of the trusted profile.")
    var profile = "default"

    @Option(help: ArgumentHelp("How many seconds the token must still be valid.", valueName: "s"))
    var minTTL: Int?

    @OptionGroup var socket: WorkloadSocketOptions

    @Option(
        help: """
            raw: the token; json: the broker's answer; header: an HTTP header field; env: a line for a shell to evaluate; \
            dotenv: NAME=TOKEN; curl: a line for curl --config -.
            """
    )
    var format = TokenFormat.raw

    @Option(help: ArgumentHelp("The variable's name, with env and dotenv. (default: IC_IAM_TOKEN)", valueName: "name"))
    var envName: String?

    func validate() throws {
        if let minTTL, minTTL < 0 { throw ValidationError("--min-ttl must not be negative") }
        guard let envName else { return }
        guard format == .env || format == .dotenv else {
            throw ValidationError("--env-name goes with --format env or dotenv")
        }
        guard VariableName.isOne(envName) else { throw ValidationError("--env-name must be a name as shells take it") }
    }

    func run() async throws {
        let token = try await AccessToken.of(profile, minimumRemaining: minTTL, from: socket.client)
        let line = format.line(
            token: token.token.exposed,
            variable: envName ?? TokenFormat.standardVariable,
            answer: token.answer.exposed
        )
        try StandardOutput.write(line)
    }
}

extension TokenFormat: ExpressibleByArgument {}
