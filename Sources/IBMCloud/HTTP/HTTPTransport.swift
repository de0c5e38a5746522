internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import TokenBroker

/// Sends one request and returns one answer, within deadlines and a size.
///
/// Redirects are not followed: an identity token goes to the configured service and nowhere else. Proxies are not used:
/// AsyncHTTPClient does not read `http_proxy`, and none is configured. Nothing is tried twice.
struct HTTPTransport: Sendable {
    private let client: HTTPClient
    let deadlines: HTTPDeadlines
    private let spans: SpanSource

    /// The owner calls ``shutdown()``.
    init(deadlines: HTTPDeadlines, tls: TLSConfiguration, eventLoopGroup: any EventLoopGroup, spans: SpanSource = .none)
    {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(deadlines.connect)),
            connectionPool: .init(idleTimeout: Self.idleTimeout),
            proxy: nil,
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        // Otherwise a refused connection is tried again until the deadline, and then looks like silence.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: configuration)
        self.deadlines = deadlines
        self.spans = spans
    }

    /// The token calls of one renewal share a connection; the next renewal is minutes away.
    private static let idleTimeout = TimeAmount.seconds(10)

    /// Closes the connections.
    ///
    /// Calls under way fail.
    func shutdown() async throws {
        try await client.shutdown()
    }

    /// Sends `request` once and reads an answer whose body has at most `limit` bytes.
    ///
    /// The trace that it belongs to goes with it.
    func send(_ request: HTTPRequest, limit: Int) async throws(TransportFailure) -> HTTPAnswer {
        try await spans.span(request.method.rawValue, kind: .client) { note throws(TransportFailure) in
            note.set("http.request.method", request.method.rawValue)
            // Without the query: what stands there is for the service alone.
            let url = request.url.prefix { $0 != "?" }
            note.set("url.full", String(url))
            if let service = ServiceURL(String(url)) { note.set("server.address", service.host) }
            var request = request
            request.headers += spans.outgoing
            let answer = try await sendOnce(request, limit: limit)
            note.set("http.response.status_code", answer.status)
            if answer.status >= 400 { note.fail("\(answer.status)") }
            return answer
        }
    }

    private func sendOnce(_ request: HTTPRequest, limit: Int) async throws(TransportFailure) -> HTTPAnswer {
        do {
            return try await withThrowingTaskGroup(of: HTTPAnswer?.self) { group in
                // AsyncHTTPClient's own deadline ends with the head, so the body needs this one.
                group.addTask {
                    try await Task.sleep(for: deadlines.total)
                    return nil
                }
                group.addTask { try await exchange(request, limit: limit) }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let answer = first else {
                    throw TransportFailure.totalTimedOut(deadlines.total)
                }
                return answer
            }
        } catch {
            throw TransportFailure(error, deadlines, limit: limit)
        }
    }

    private func exchange(_ request: HTTPRequest, limit: Int) async throws -> HTTPAnswer {
        let response = try await client.execute(request.clientRequest, timeout: TimeAmount(deadlines.firstByte))
        let body = try await response.body.collect(upTo: limit)
        return HTTPAnswer(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "Retry-After"),
            date: response.headers.first(name: "Date"),
            body: Array(body.readableBytesView)
        )
    }
}
