internal import ArgumentParser
internal import JOSE

/// `iam-broker token`: a token of a trusted profile.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print an IAM token of a trusted profile.",
        discussion: "Whether this process may have one is decided by the broker's policy."
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case raw
        case json
        case header
        case env
        case dotenv
        case curl
    }

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
    var format = Format.raw

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
        let text = token.token.exposed
        let name = envName ?? "IC_IAM_TOKEN"
        // Nothing in a token needs quotes or could end them.
        let line =
            switch format {
            case .raw: text
            case .json: token.answer.exposed
            case .header: "Authorization: Bearer \(text)"
            case .env: "export \(name)='\(text)'"
            case .dotenv: "\(name)=\(text)"
            case .curl: #"header = "Authorization: Bearer \#(text)""#
            }
        try StandardOutput.write(line + "\n")
    }
}

/// Names of variables of the environment.
enum VariableName {
    /// Whether every shell takes it (POSIX, 3.216 Name).
    static func isOne(_ text: String) -> Bool {
        !text.isEmpty && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text.utf8.first ?? 0)
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}
