package import AccessPolicy
internal import BrokerAPI
package import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOHTTP1
package import NIOPosix
package import TokenBroker
internal import WorkloadAttestation

/// Listens on one Unix socket and serves an API on it.
package struct SocketListener: Sendable {
    private let socket: SocketFile
    private let limits: ConnectionLimits
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let attestor: PeerAttestor
    private let count: ConnectionCount
    private let routes: @Sendable (Request, Workload) async -> Response
    private let hot: (@Sendable (Workload) -> HotAnswers)?

    /// The listener for workloads.
    package static func workload(
        _ socket: SocketFile,
        broker: TokenBroker,
        policy: Policy,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        logger: Logger
    ) -> SocketListener {
        let denials = DenialLog(logger: logger, time: broker.time)
        let routes = WorkloadRoutes(broker: broker, policy: policy, denials: denials)
        return SocketListener(
            socket: socket,
            limits: limits,
            group: group,
            logger: logger,
            attestor: PeerAttestor(executables: policy.executables),
            count: ConnectionCount(limits),
            routes: { await routes.respond(to: $0, from: $1) },
            hot: { HotAnswers(broker: broker, policy: policy, workload: $0) }
        )
    }

    /// The listener for operators.
    package static func admin(
        _ socket: SocketFile,
        broker: TokenBroker,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        logger: Logger
    ) -> SocketListener {
        let routes = AdminRoutes(broker: broker, logger: logger)
        return SocketListener(
            socket: socket,
            limits: limits,
            group: group,
            logger: logger,
            attestor: PeerAttestor(executables: []),
            count: ConnectionCount(limits),
            routes: { await routes.respond(to: $0, from: $1) },
            hot: nil
        )
    }

    /// Binds the socket and accepts connections from then on.
    package func start() async throws(ListenError) -> RunningListener {
        let quiescing = ServerQuiescingHelper(group: group)
        do {
            try socket.prepare()
            let bootstrap = ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1_024)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            quiescing.makeServerChannelHandler(channel: channel)
                        )
                        try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                    }
                }
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try configure(channel) }
                }
            let channel = try await bootstrap.bind(unixDomainSocketPath: socket.path).get()
            do {
                try socket.open()
            } catch {
                try await channel.close()
                throw error
            }
            return RunningListener(channel: channel, quiescing: quiescing, path: socket.path, logger: logger)
        } catch let error as ListenError {
            throw error
        } catch {
            throw ListenError(description: "cannot listen on \(socket.path): \(error)")
        }
    }

    /// Attests the peer before a byte is read, then builds the pipeline.
    private func configure(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let attested = try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { descriptor in
            try attestor.attest(socket: descriptor)
        }
        guard let workload = attested else { throw AttestationUnavailable() }
        if let refusal = count.enter(user: workload.userID) {
            var response = Response(.tooManyConnections, refusal)
            response.retryAfter = 1
            let farewell = ByteBuffer.closing(response, reason: "Service Unavailable")
            try pipeline.addHandler(RefusalHandler(farewell))
            return
        }
        channel.closeFuture.whenComplete { [count] _ in count.leave(user: workload.userID) }
        try pipeline.addHandler(
            HotPathHandler(
                hot: hot?(workload),
                limits: limits,
                strictPipeline: { context in
                    try Self.addStrictPipeline(context) { [routes] in await routes($0, workload) }
                }
            )
        )
    }

    /// NIO's codec with our limits, and the handler that asks the routes.
    static func addStrictPipeline(
        _ context: ChannelHandlerContext,
        _ routes: @escaping RequestHandler.Routes
    ) throws {
        let pipeline = context.pipeline.syncOperations
        var parsing = NIOHTTPDecoderLimitConfiguration()
        parsing.maxHeaderFieldSize = maximumFieldSize
        parsing.maxHeaderListSize = maximumHeaderSize
        parsing.maxHeaderFieldCount = maximumFieldCount
        try pipeline.configureHTTPServerPipeline(
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: parsing
        )
        try pipeline.addHandler(RequestHandler(routes: routes))
    }

    /// Limits of a request's head, in bytes and fields.
    private static let maximumFieldSize = 8 * 1_024
    private static let maximumHeaderSize = 16 * 1_024
    private static let maximumFieldCount = 100
}

/// The transport is not a socket of the operating system, so nobody vouches for the peer.
private struct AttestationUnavailable: Error {}

/// Tells a client why it is not served, and closes the connection.
private final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let farewell: ByteBuffer

    init(_ farewell: ByteBuffer) {
        self.farewell = farewell
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(farewell), promise: nil)
        context.close(promise: nil)
    }
}
