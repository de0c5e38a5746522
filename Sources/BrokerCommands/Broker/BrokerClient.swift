internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials
internal import JOSE
internal import NIOCore
internal import NIOHTTP1

/// Asks the daemon, and turns all its ways of saying no into what a command ends with.
struct BrokerClient: Sendable {
    /// The path of the Unix socket.
    var socket: String
    var deadline: TimeAmount

    /// Bytes of an answer at most.
    private static let bodyLimit = 1_024 * 1_024

    /// Makes a request that has no body.
    ///
    /// The names and values of the query are not yet percent-encoded. The answer's status says that it worked; every
    /// other is thrown.
    func send(
        _ method: HTTPMethod = .GET,
        _ path: String,
        query: [(name: String, value: String)] = []
    ) async throws(CommandFailure) -> HTTPAnswer {
        let pairs = query.map { "\($0.name)=\(Self.percentEncoding($0.value))" }
        let exchange = HTTPExchange(
            endpoint: .unixSocket(path: socket),
            method: method,
            target: pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&"),
            host: "localhost",
            bodyLimit: Self.bodyLimit,
            deadline: deadline
        )
        let answer: HTTPAnswer
        do {
            answer = try await exchange.perform()
        } catch .pathTooLong {
            throw CommandFailure(.usage, "the path of the socket is too long: \(socket)")
        } catch {
            throw unreachable(error)
        }
        guard (200..<300).contains(answer.status) else { throw BrokerRefusal(answer).failure }
        return answer
    }

    /// Makes a `GET` request and reads the answer.
    func get<Answer: Decodable>(
        _ path: String,
        query: [(name: String, value: String)] = [],
        as type: Answer.Type
    ) async throws(CommandFailure) -> (answer: Answer, json: String) {
        try read(try await send(.GET, path, query: query), as: type)
    }

    /// Reads an answer: as a value, and as one line of JSON.
    func read<Answer: Decodable>(
        _ answer: HTTPAnswer,
        as type: Answer.Type
    ) throws(CommandFailure) -> (answer: Answer, json: String) {
        let body = answer.body
        // The decoder converts and forgives; what is printed as JSON has been read strictly.
        guard let document = try? JSONDocument(parsing: body, limits: JSONLimits(size: Self.bodyLimit)),
            let answer = try? JSONDecoder().decode(type, from: Data(body))
        else { throw malformedAnswer }
        return (answer, JSONText.line(document.root.text))
    }

    /// The failure for an answer that is not what the path promises.
    ///
    /// It says nothing of the answer: it may hold a token.
    var malformedAnswer: CommandFailure {
        CommandFailure(
            .unavailable,
            "the answer from \(socket) is not one of iam-broker",
            hint: "check that the daemon has the same version: iam-brokerd --version"
        )
    }

    private func unreachable(_ error: HTTPExchangeError) -> CommandFailure {
        CommandFailure(
            .unavailable,
            "no answer from the broker at \(socket): \(error)",
            hint: "check that it runs (systemctl status iam-brokerd), and the path and permissions of the socket"
        )
    }

    /// Everything but the unreserved characters of RFC 3986 section 2.3 is encoded.
    static func percentEncoding(_ text: String) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "A"..."Z", "a"..."z", "0"..."9", "-", ".", "_", "~": encoded.unicodeScalars.append(scalar)
            default: encoded += (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
