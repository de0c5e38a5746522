internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// One HTTP/1.1 request and its answer, on a connection and a thread of their own.
///
/// Redirects are not followed.
struct HTTPExchange: Sendable {
    /// Who is asked.
    enum Endpoint: Sendable {
        case unixSocket(path: String)
        /// With `tls` the certificate is verified fully, for `name`.
        case host(name: String, port: Int, tls: NIOSSLContext?)
    }

    var endpoint: Endpoint
    var method: HTTPMethod
    /// Path and query, percent-encoded.
    var target: String
    /// The value of the `Host` field.
    var host: String
    /// Fields beside those that every request has; their values may be secret.
    var headers: [(name: String, value: String)] = []
    /// `nil` sends no body, and no `Content-Type`; a body is JSON when ``headers`` do not say otherwise.
    var body: [UInt8]?
    /// Bytes of the answer's body at most.
    var bodyLimit: Int
    /// From the first attempt to connect to the last byte of the answer.
    var deadline: TimeAmount
    /// For the connection alone; as long as the whole exchange without it.
    var connectDeadline: TimeAmount?

    /// Makes the exchange.
    func perform() async throws(HTTPExchangeError) -> HTTPAnswer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result = await perform(on: group.next())
        do {
            try await group.shutdownGracefully()
        } catch {
            throw .failed("\(error)")
        }
        return try result.get()
    }

    private func perform(on eventLoop: any EventLoop) async -> Result<HTTPAnswer, HTTPExchangeError> {
        do {
            return .success(try await start(on: eventLoop).get())
        } catch {
            return .failure(HTTPExchangeError(error))
        }
    }

    /// Makes the exchange on an event loop that goes on.
    ///
    /// What the future fails with is for ``HTTPExchangeError/init(_:)``.
    func start(on eventLoop: any EventLoop) -> EventLoopFuture<HTTPAnswer> {
        let answer = eventLoop.makePromise(of: HTTPAnswer.self)
        // The first to complete the promise decides.
        let timer = eventLoop.scheduleTask(in: deadline) { answer.fail(HTTPExchangeError.timedOut) }
        let connection = connect(on: eventLoop, answer)
        connection.whenFailure { answer.fail($0) }
        answer.futureResult.whenComplete { _ in
            timer.cancel()
            connection.whenSuccess { $0.close(promise: nil) }
        }
        return answer.futureResult
    }

    private func connect(
        on eventLoop: any EventLoop,
        _ answer: EventLoopPromise<HTTPAnswer>
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(connectDeadline ?? deadline)
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel, answer) }
            }
        return switch endpoint {
        case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
        case .host(let name, let port, _): bootstrap.connect(host: name, port: port)
        }
    }

    private func configure(_ channel: any Channel, _ answer: EventLoopPromise<HTTPAnswer>) throws {
        let pipeline = channel.pipeline.syncOperations
        if case .host(let name, _, let tls?) = endpoint {
            // An address is verified as the peer's address: RFC 6066 section 3 allows no addresses as server names.
            let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : name))
        }
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(HTTPExchangeHandler(head, body: body, limit: bodyLimit, answer))
    }

    private var head: HTTPRequestHead {
        var fields = HTTPHeaders([("Host", host), ("Accept", "application/json"), ("Connection", "close")])
        for field in headers { fields.add(name: field.name, value: field.value) }
        if let body {
            if !fields.contains(name: "Content-Type") { fields.add(name: "Content-Type", value: "application/json") }
            fields.replaceOrAdd(name: "Content-Length", value: "\(body.count)")
        } else if method == .POST {
            fields.replaceOrAdd(name: "Content-Length", value: "0")
        }
        return HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: fields)
    }
}

/// What came back.
struct HTTPAnswer: Sendable {
    var status: Int
    /// `Retry-After`, when it is a number of seconds.
    var retryAfter: Int?
    var headers: HTTPHeaders = [:]
    var body: [UInt8]
}
