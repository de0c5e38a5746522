internal import HummingbirdCore
internal import HummingbirdTLS
package import Logging
internal import NIOCore
internal import NIOPosix
package import NIOSSL

extension CloudSimulator {
    /// Serves while `body` runs, and then stops: open connections are closed, hanging ones too.
    ///
    /// - Parameters:
    ///   - host: the address to listen on, an IPv6 one without brackets.
    ///   - port: the port; 0 for any that is free.
    ///   - tls: the TLS to serve; `nil` for plain HTTP.
    ///   - clock: what delays and slow bodies are measured with.
    ///   - logger: hears of requests, without their tokens.
    ///   - body: gets the address, such as `http://127.0.0.1:40123`.
    /// - Returns: what `body` returns.
    /// - Throws: what kept the server from listening, and what `body` throws.
    package func withRunning<Value: Sendable>(
        host: String = "127.0.0.1",
        port: Int = 0,
        tls: TLSConfiguration? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        _ body: (SimulatorAddress) async throws -> Value
    ) async throws -> Value {
        let scheme = tls == nil ? "http" : "https"
        let responder = Responder(simulator: self, scheme: scheme, clock: clock, logger: logger)
        let connections = Connections()
        let plain = HTTP1Channel(
            responder: { try await responder.respond($0, $1, $2) },
            configuration: HTTP1Channel.Configuration(additionalChannelHandlers: [DepartureHandler()])
        )
        guard let tls else {
            let channel = TrackedChannel(base: plain, connections: connections)
            return try await run(channel, connections, (host, port), scheme, logger, body)
        }
        let secure = try TLSChannel(plain, tlsConfiguration: tls)
        let channel = TrackedChannel(base: secure, connections: connections)
        return try await run(channel, connections, (host, port), scheme, logger, body)
    }

    private func run<Value: Sendable>(
        _ channel: some ServerChildChannel,
        _ connections: Connections,
        _ place: (host: String, port: Int),
        _ scheme: String,
        _ logger: Logger,
        _ body: (SimulatorAddress) async throws -> Value
    ) async throws -> Value {
        let (ports, continuation) = AsyncThrowingStream<Int, any Error>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(address: .hostname(place.host, port: place.port)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? place.port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await server.run()
                    continuation.finish(throwing: CancellationError())
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            do {
                var iterator = ports.makeAsyncIterator()
                guard let port = try await iterator.next() else { throw CancellationError() }
                let value = try await body(SimulatorAddress(scheme: scheme, host: place.host, port: port))
                try await stop(server, connections, &group)
                return value
            } catch {
                if Task.isCancelled {
                    connections.closeAll()
                    group.cancelAll()
                } else {
                    try await stop(server, connections, &group)
                }
                throw error
            }
        }
    }

    /// Ends every connection first: a graceful shutdown would wait for those that hang.
    private func stop(
        _ server: Server<some ServerChildChannel>,
        _ connections: Connections,
        _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws {
        connections.closeAll()
        try await server.shutdownGracefully()
        group.cancelAll()
    }
}

/// Where a simulator listens.
package struct SimulatorAddress: Sendable {
    /// `http` or `https`.
    package let scheme: String
    /// The address, an IPv6 one without brackets.
    package let host: String
    package let port: Int

    /// Such as `http://127.0.0.1:40123`, without a slash at its end.
    package var url: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
