internal import ArgumentParser
internal import FoundationEssentials
internal import JOSE
internal import NIOHTTP1

/// `iam-broker request`: one request to an API of IBM Cloud, with a token.
struct RequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Send one request with an IAM token, and print what the answer holds.",
        discussion: """
            The token goes to IBM Cloud's own hosts, over https, and to those that --allow-host names, and nowhere else: \
            redirects are not followed. Exit codes: 0 the answer has a status from 200 to 299; 1 it has another; 69 there is none.
            """
    )

    enum Method: String, ExpressibleByArgument, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    @Argument(help: "GET, HEAD, POST, PUT, PATCH or DELETE.")
    var method: Method

    @Argument(help: "The URL, with its query.")
    var url: String

    @Option(help: "The name of the trusted profile.")
    var profile = "default"

    @Option(help: ArgumentHelp("A file with the body; - is standard input.", valueName: "path"))
    var input: String?

    @Option(help: ArgumentHelp("A header field, 'Name: value'. Can be repeated.", valueName: "field"))
    var header: [String] = []

    @Option(
        help: ArgumentHelp(
            "A host outside of IBM Cloud that may get the token, with its port if the URL has one. Can be repeated.",
            valueName: "host"
        )
    )
    var allowHost: [String] = []

    @Option(help: ArgumentHelp("Certificates (PEM) to trust in place of the system's.", valueName: "path"))
    var caFile: String?

    @OptionGroup var socket: WorkloadSocketOptions

    /// Bytes of a body, sent or received.
    private static let bodyLimit = 16 * 1_024 * 1_024

    func validate() throws {
        if let input, method == .get || method == .head {
            throw ValidationError("--input \(input) does not go with \(method.rawValue)")
        }
        _ = try fields()
        _ = try target()
    }

    func run() async throws {
        let target = try target()
        var exchange = HTTPExchange(
            endpoint: .host(
                name: target.service.host,
                port: target.service.port,
                tls: target.service.isTLS ? try TrustedCertificates(path: caFile).tlsContext() : nil
            ),
            method: HTTPMethod(rawValue: method.rawValue),
            target: target.path,
            host: target.service.authority,
            bodyLimit: Self.bodyLimit,
            deadline: socket.wait.deadline
        )
        exchange.headers = try fields()
        exchange.body = try body()
        // Last: who made a mistake before has not had a token handed out.
        let token = try await AccessToken.of(profile, from: socket.client)
        exchange.headers.append(("Authorization", "Bearer \(token.token.exposed)"))
        let answer: HTTPAnswer
        do throws(HTTPExchangeError) {
            answer = try await exchange.perform()
        } catch {
            throw CommandFailure(.unavailable, "no answer from \(target.service): \(error)")
        }
        var output = StandardOutput()
        output.append(bytes: answer.body[...])
        try output.flush()
        guard !(200..<300).contains(answer.status) else { return }
        let redirect = (300..<400).contains(answer.status) ? "; redirects are not followed" : ""
        StandardError.write("\(target.service) answered with status \(answer.status)\(redirect)")
        throw ExitCode.rejected
    }

    private func body() throws -> [UInt8]? {
        guard let input else { return nil }
        let bytes = try InputFile(path: input).readAll(limit: Self.bodyLimit)
        guard bytes.count <= Self.bodyLimit else {
            throw CommandFailure(.badInput, "the body is larger than \(Self.bodyLimit >> 20) MiB")
        }
        return bytes
    }

    private func target() throws -> RequestTarget {
        let target = try RequestTarget(url)
        guard target.mayHaveToken(allowing: allowHost) else {
            throw ValidationError(
                "\(TerminalText.escaping(target.service.authority)) is no host of IBM Cloud; if it may have the token, give "
                    + "--allow-host \(TerminalText.escaping(target.service.authority))"
            )
        }
        return target
    }

    private func fields() throws -> [(name: String, value: String)] {
        try header.map { text in
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
            // RFC 9110 sections 5.1 and 5.5, ASCII alone.
            guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy(Self.isTokenByte),
                value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else { throw ValidationError("--header must be 'Name: value'") }
            guard !Self.ownFields.contains(parts[0].lowercased()) else {
                throw ValidationError("--header \(parts[0]) is set by iam-broker")
            }
            return (String(parts[0]), String(value))
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        let scalar = Unicode.Scalar(byte)
        return scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "!#$%&'*+-.^_`|~".utf8.contains(byte))
    }

    private static let ownFields: Set = [
        "authorization", "host", "connection", "content-length", "transfer-encoding", "expect", "upgrade", "te",
        "trailer",
    ]
}
