internal import AccessPolicy
internal import BrokerAPI
package import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOHTTP1
package import NIOPosix
package import TokenBroker
package import WorkloadAttestation

/// Listens on one Unix socket and serves an API on it.
package struct SocketListener: Sendable {
    private let socket: SocketFile
    private let limits: ConnectionLimits
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let attestor: PeerAttestor
    private let count: ConnectionCount
    /// What must be known of a peer before a byte is read from it.
    private let requiredFacts: @Sendable () -> RequiredFacts
    private let routes: @Sendable (Request, any Peer) async -> Response
    private let refusal: @Sendable (AttestationError, any Peer) -> Response
    private let hot: (@Sendable (any Peer) -> HotAnswers)?

    /// The listener for workloads.
    package static func workload(
        _ socket: SocketFile,
        broker: TokenBroker,
        gate: Gate,
        attestor: PeerAttestor,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        logger: Logger
    ) -> SocketListener {
        let routes = WorkloadRoutes(broker: broker, gate: gate)
        return SocketListener(
            socket: socket,
            limits: limits,
            group: group,
            logger: logger,
            attestor: attestor,
            count: ConnectionCount(limits),
            requiredFacts: { gate.policy.current.policy.requiredFacts },
            routes: { await routes.respond(to: $0, from: $1) },
            refusal: { Refused(notAttested: $0, $1, gate).response },
            hot: { HotAnswers(broker: broker, gate: gate, peer: $0) }
        )
    }

    /// The listener for operators: who may connect to the socket may do what it offers.
    package static func admin(
        _ socket: SocketFile,
        routes: AdminRoutes,
        attestor: PeerAttestor,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        logger: Logger
    ) -> SocketListener {
        SocketListener(
            socket: socket,
            limits: limits,
            group: group,
            logger: logger,
            attestor: attestor,
            count: ConnectionCount(limits),
            requiredFacts: { [] },
            routes: { await routes.respond(to: $0, from: $1) },
            refusal: { error, _ in Response(.denied, "this process is served nothing: \(error)") },
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
                .childChannelInitializer { channel in configure(channel) }
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
    private func configure(_ channel: any Channel) -> EventLoopFuture<Void> {
        do {
            guard let peer = try peer(channel) else { return channel.eventLoop.makeSucceededVoidFuture() }
            let facts = requiredFacts()
            if peer.workloadAtOnce(facts) != nil {
                try addHandlers(channel, .success(peer), peer)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            let attested = channel.eventLoop.makeFutureWithTask { () -> Result<any Peer, AttestationError> in
                do throws(AttestationError) {
                    _ = try await peer.workload(facts)
                    return .success(peer)
                } catch {
                    return .failure(error)
                }
            }
            return attested.flatMapThrowing { try addHandlers(channel, $0, peer) }
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    /// Who connected, unless there is no place for another connection; the client is then told.
    ///
    /// The place comes first: whoever takes more than its share must not cost more than that.
    private func peer(_ channel: any Channel) throws -> (any Peer)? {
        let pipeline = channel.pipeline.syncOperations
        let peer = try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            descriptor -> Result<AttestedPeer, PlaceRefused> in
            let userID = try attestor.userID(ofSocket: descriptor)
            if let refusal = count.enter(user: userID) { return .failure(PlaceRefused(message: refusal)) }
            channel.closeFuture.whenComplete { [count] _ in count.leave(user: userID) }
            do throws(AttestationError) {
                return .success(try attestor.peer(ofSocket: descriptor))
            } catch {
                return .failure(PlaceRefused(message: "this process cannot be attested at the moment: \(error)"))
            }
        }
        switch peer {
        case .success(let peer): return peer
        case .failure(let refused):
            var response = Response(.tooManyConnections, refused.message)
            response.retryAfter = 1
            try pipeline.addHandler(RefusalHandler(response))
            return nil
        case nil: throw AttestationUnavailable()
        }
    }

    private func addHandlers(
        _ channel: any Channel,
        _ attested: Result<any Peer, AttestationError>,
        _ peer: any Peer
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if case .failure(let error) = attested {
            try pipeline.addHandler(RefusalHandler(refusal(error, peer)))
            return
        }
        try pipeline.addHandler(
            HotPathHandler(
                hot: hot?(peer),
                limits: limits,
                strictPipeline: { context in
                    try Self.addStrictPipeline(context) { [routes] in await routes($0, peer) }
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

/// There is no place for another connection.
private struct PlaceRefused: Error {
    /// For the client.
    let message: String
}
