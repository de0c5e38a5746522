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

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case raw
        case json
        case header
    }

    @Option(help: "The name of the trusted profile.")
    var profile = "default"

    @Option(help: ArgumentHelp("How many seconds the token must still be valid.", valueName: "s"))
    var minTTL: Int?

    @OptionGroup var socket: WorkloadSocketOptions

    @Option(help: "raw: the token; json: the broker's answer; header: an HTTP header field.")
    var format = Format.raw

    func validate() throws {
        if let minTTL, minTTL < 0 { throw ValidationError("--min-ttl must not be negative") }
    }

    func run() async throws {
        let client = socket.client
        var query = [(name: "profile", value: profile)]
        if let minTTL { query.append(("min_ttl", String(minTTL))) }
        let (answer, json) = try await client.get(BrokerPath.token, query: query, as: TokenResponse.self)
        let token = Redacted(answer.accessToken)
        guard Self.isBearerToken(token.exposed) else { throw client.malformedAnswer }
        switch format {
        case .raw: try StandardOutput.write(token.exposed + "\n")
        case .json: try StandardOutput.write(json + "\n")
        case .header: try StandardOutput.write("Authorization: Bearer \(token.exposed)\n")
        }
    }

    /// The `b64token` of RFC 6750 section 2.1: nothing in it can end a line or a header field.
    private static func isBearerToken(_ text: String) -> Bool {
        let body = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
        return !body.isEmpty
            && body.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "-._~+/".utf8.contains(byte)
                }
            }
    }
}
