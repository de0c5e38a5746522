internal import AccessPolicy
internal import BrokerAPI
package import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOHTTP1
package import NIOPosix
package import TokenBroker
package import WorkloadAttestation

/// Listens on one socket and serves an API on it.
package struct SocketListener: Sendable {
    /// Where it listens.
    enum Place: Sendable {
        case file(SocketFile)
        case address(ListenAddress)
    }

    private let place: Place
    private let limits: ConnectionLimits
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let door: Door
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
        emulation: EmulationRoutes,
        attestor: PeerAttestor,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        logger: Logger
    ) -> SocketListener {
        let routes = WorkloadRoutes(broker: broker, gate: gate, emulation: emulation)
        return SocketListener(
            place: .file(socket),
            limits: limits,
            group: group,
            logger: logger,
            door: .unix(attestor, ConnectionCount(limits)),
            requiredFacts: { gate.policy.current.policy.requiredFacts },
            routes: { await routes.respond(to: $0, from: $1) },
            refusal: { Refused(notAttested: $0, $1, gate).response },
            hot: { HotAnswers(broker: broker, gate: gate, peer: $0) }
        )
    }

    /// The listener for programs that know no Unix sockets: IBM's paths alone, behind the whole wall.
    package static func emulation(
        _ address: ListenAddress,
        routes: EmulationRoutes,
        gate: Gate,
        attestor: PeerAttestor,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        logger: Logger
    ) -> SocketListener {
        let limits = limits.overTCP
        let loopback = LoopbackRoutes(routes: routes)
        return SocketListener(
            place: .address(address),
            limits: limits,
            group: group,
            logger: logger,
            door: .tcp(attestor, ConnectionCount(limits), containers: { gate.policy.current.policy.containers }),
            requiredFacts: { gate.policy.current.policy.requiredFacts },
            routes: { await loopback.respond(to: $0, from: $1) },
            refusal: { MetadataError(notAttested: $0, $1, gate).response },
            hot: nil
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
            place: .file(socket),
            limits: limits,
            group: group,
            logger: logger,
            door: .unix(attestor, ConnectionCount(limits)),
            requiredFacts: { [] },
            routes: { await routes.respond(to: $0, from: $1) },
            refusal: { error, _ in Response(.denied, "this process is served nothing: \(error)") },
            hot: nil
        )
    }

    /// Binds the socket and accepts connections from then on.
    package func start() async throws(ListenError) -> RunningListener {
        let quiescing = ServerQuiescingHelper(group: group)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .childChannelInitializer { channel in configure(channel) }
        do {
            let channel = try await place.bind(bootstrap)
            return RunningListener(channel: channel, quiescing: quiescing, place: place, logger: logger)
        } catch let error as ListenError {
            throw error
        } catch {
            throw ListenError(description: "cannot listen on \(place): \(error)")
        }
    }

    /// Attests the peer before a byte is read, then builds the pipeline.
    private func configure(_ channel: any Channel) -> EventLoopFuture<Void> {
        do {
            let peer: any Peer
            switch try door.peer(of: channel) {
            case .success(let found): peer = found
            case .failure(let refused):
                try channel.pipeline.syncOperations.addHandler(
                    RefusalHandler(refused.response, lingers: refused.holdsPlace)
                )
                return channel.eventLoop.makeSucceededVoidFuture()
            }
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

    private func addHandlers(
        _ channel: any Channel,
        _ attested: Result<any Peer, AttestationError>,
        _ peer: any Peer
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if case .failure(let error) = attested {
            try pipeline.addHandler(RefusalHandler(refusal(error, peer), lingers: door.isTCP))
            return
        }
        try pipeline.addHandler(
            HotPathHandler(
                hot: hot?(peer),
                limits: limits,
                errors: door.errors,
                strictPipeline: { [limits, door] context in
                    try Self.addStrictPipeline(context, limits, errors: door.errors) { [routes] in
                        await routes($0, peer)
                    }
                }
            )
        )
    }

    /// NIO's codec with our limits, and the handler that asks the routes, and tells what cannot be read.
    static func addStrictPipeline(
        _ context: ChannelHandlerContext,
        _ limits: ConnectionLimits = .init(),
        errors: ErrorShape = .broker,
        _ routes: @escaping RequestHandler.Routes
    ) throws {
        var parsing = NIOHTTPDecoderLimitConfiguration()
        parsing.maxHeaderFieldSize = min(maximumFieldSize, limits.headSize)
        parsing.maxHeaderListSize = limits.headSize
        parsing.maxHeaderFieldCount = maximumFieldCount
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: parsing),
            maximumBufferSize: limits.headSize + maximumPunctuation
        )
        // As `configureHTTPServerPipeline` has them, which leaves the decoder's buffer without a limit.
        try context.pipeline.syncOperations.addHandlers(
            HTTPResponseEncoder(),
            decoder,
            OverlongHeadHandler(),
            HTTPServerPipelineHandler(),
            NIOHTTPResponseHeadersValidator(),
            RequestHandler(routes: routes, maximumBodySize: limits.bodySize, errors: errors)
        )
    }

    /// Limits of one field of a request's head, in bytes, and of their number.
    private static let maximumFieldSize = 8 * 1_024
    private static let maximumFieldCount = 100
    /// Bytes of a head that belong to no name and no value: its method and version, and some separators for each field.
    private static let maximumPunctuation = 1_024
}
