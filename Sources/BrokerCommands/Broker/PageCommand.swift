internal import ArgumentParser
internal import BrokerAPI
internal import Glibc

/// `iam-broker page`: where the page is, for a browser on this machine.
struct PageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page",
        abstract: "Print the address of the status page, with the access token that opens it.",
        discussion: """
            The address is a secret until the next start of the daemon: whoever has it, and can connect to this machine's \
            loopback, may read the page. Only those who may read the token's file can print it.
            """
    )

    @OptionGroup var socket: AdminSocketOptions

    func run() async throws {
        let status = try await socket.client.get(BrokerPath.status, as: StatusResponse.self).answer
        guard let page = status.page else {
            throw CommandFailure(
                .badConfiguration,
                "the daemon serves no page over TCP",
                hint:
                    "set listen.page to 127.0.0.1:8171 in the configuration, or forward the admin socket; see docs/page.md"
            )
        }
        let token = try Self.token(page.tokenFile)
        // The token leaves here, to the operator who asked for it.
        try StandardOutput.write("http://\(TerminalText.escaping(page.address))/?access=\(token)\n")
    }

    /// Base64url, and nothing else: it becomes part of a URL.
    private static func token(_ path: String) throws(CommandFailure) -> String {
        let bytes = try InputFile(regularFile: path).readAll(limit: 128)
        let token = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        let isPlain = token.utf8.allSatisfy { byte in
            let scalar = Unicode.Scalar(byte)
            return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_"
        }
        guard !token.isEmpty, isPlain else {
            throw CommandFailure(
                .badInput,
                "\(path) holds no access token",
                hint: "restart the daemon, which writes it"
            )
        }
        return token
    }
}
