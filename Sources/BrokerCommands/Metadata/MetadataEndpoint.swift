internal import ArgumentParser
internal import JOSE
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Where metadata is read, and what no answer from there means.
enum MetadataEndpoint: Sendable {
    case broker(socket: String, deadline: TimeAmount)
    case direct(ServiceURL, NIOSSLContext?, deadline: TimeAmount)

    /// Bytes of one answer at most.
    static let bodyLimit = 4 * 1_024 * 1_024

    var isDirect: Bool {
        if case .direct = self { true } else { false }
    }

    /// How messages call it.
    var name: String {
        switch self {
        case .broker(let socket, _): "the broker at \(socket)"
        case .direct(let url, _, _): "the metadata service at \(url)"
        }
    }

    /// Makes one request; redirects are not followed and proxies not used.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: [(name: String, value: String)],
        body: [UInt8]? = nil
    ) async throws(CommandFailure) -> HTTPAnswer {
        var exchange: HTTPExchange
        switch self {
        case .broker(let socket, let deadline):
            exchange = HTTPExchange(
                endpoint: .unixSocket(path: socket),
                method: method,
                target: target,
                host: "localhost",
                bodyLimit: Self.bodyLimit,
                deadline: deadline
            )
        case .direct(let url, let tls, let deadline):
            exchange = HTTPExchange(
                endpoint: .host(name: url.host, port: url.port, tls: tls),
                method: method,
                target: target,
                host: url.authority,
                bodyLimit: Self.bodyLimit,
                deadline: deadline
            )
            exchange.connectDeadline = min(deadline, .seconds(2))
        }
        exchange.headers = headers
        exchange.body = body
        do {
            return try await exchange.perform()
        } catch {
            throw unreachable(error)
        }
    }

    private func unreachable(_ error: HTTPExchangeError) -> CommandFailure {
        switch (self, error) {
        case (.broker(let socket, _), .pathTooLong):
            CommandFailure(.usage, "the path of the socket is too long: \(socket)")
        case (.broker, _):
            CommandFailure(
                .unavailable,
                "no answer from \(name): \(error)",
                hint: "check that it runs (systemctl status iam-brokerd), and the path and permissions of the socket"
            )
        case (.direct, .timedOut), (.direct, .system), (.direct, .closedEarly):
            CommandFailure(.unavailable, "no answer from \(name): \(error)", hint: Self.silence)
        case (.direct, _):
            CommandFailure(.unavailable, "no answer from \(name): \(error)")
        }
    }

    /// What it means that the service does not answer, and what to do about each cause.
    static let silence = """
        the service is off, or its hop limit is too low for where this runs (a container needs 2), or it takes https only
        off: ibmcloud is instance-update INSTANCE --metadata-service true
          or, from an instance with a broker: iam-broker metadata enable --instance INSTANCE --region REGION
        hop limit: iam-broker metadata enable --instance INSTANCE --region REGION --hop-limit 2
        https only: give --url https://api.metadata.cloud.ibm.com
        """
}
