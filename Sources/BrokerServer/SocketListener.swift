internal import AccessPolicy
internal import BrokerAPI
package import Logging
internal import NIOCore
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
    private let pipeline: Pipeline
    /// Whether clients may close their end before they read the answer.
    private let allowsHalfClosure: Bool
    /// What tells a client that it is not served, where that is not a response of HTTP.
    private let turnAway: (@Sendable () -> any ChannelHandler)?
    /// The descriptor of a socket that listens already, where somebody else made it.
    private var inherited: CInt?

    /// Builds the pipeline of a connection from a peer, or from one that could not be attested.
    typealias Pipeline = @Sendable (any Channel, any Peer, Result<Void, AttestationError>) throws -> Void

    init(
        place: Place,
        limits: ConnectionLimits,
        group: MultiThreadedEventLoopGroup,
        logger: Logger,
        door: Door,
        requiredFacts: @escaping @Sendable () -> RequiredFacts,
        allowsHalfClosure: Bool = false,
        turnAway: (@Sendable () -> any ChannelHandler)? = nil,
        pipeline: @escaping Pipeline
    ) {
        (self.place, self.limits, self.group, self.logger) = (place, limits, group, logger)
        (self.door, self.requiredFacts, self.pipeline) = (door, requiredFacts, pipeline)
        (self.allowsHalfClosure, self.turnAway) = (allowsHalfClosure, turnAway)
    }

    /// The listener for workloads.
    package static func workload(
        _ socket: SocketFile,
        broker: TokenBroker,
        gate: Gate,
        emulation: EmulationRoutes,
        attestor: PeerAttestor,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        connections: ListenerConnections = .init(),
        logger: Logger
    ) -> SocketListener {
        let routes = WorkloadRoutes(broker: broker, gate: gate, emulation: emulation)
        return SocketListener(
            place: .file(socket),
            limits: limits,
            group: group,
            logger: logger,
            door: .unix(attestor, connections.count(of: .workload, limits)),
            requiredFacts: { gate.policy.current.policy.requiredFacts },
            pipeline: HTTPPipeline(
                limits: limits,
                errors: .broker,
                routes: { await routes.respond(to: $0, from: $1) },
                refusal: { Refused(notAttested: $0, $1, gate).response },
                spans: gate.spans,
                hot: { HotAnswers(broker: broker, gate: gate, peer: $0) }
            )
            .build
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
        connections: ListenerConnections = .init(),
        logger: Logger
    ) -> SocketListener {
        let limits = limits.overTCP
        let loopback = LoopbackRoutes(routes: routes)
        return SocketListener(
            place: .address(address),
            limits: limits,
            group: group,
            logger: logger,
            door: .tcp(
                attestor,
                connections.count(of: .metadata, limits),
                containers: { gate.policy.current.policy.containers }
            ),
            requiredFacts: { gate.policy.current.policy.requiredFacts },
            pipeline: HTTPPipeline(
                limits: limits,
                errors: .metadataService,
                routes: { await loopback.respond(to: $0, from: $1) },
                refusal: { MetadataError(notAttested: $0, $1, gate).response },
                spans: gate.spans
            )
            .build
        )
    }

    /// The listener for operators: who may connect to the socket may do what it offers.
    package static func admin(
        _ socket: SocketFile,
        routes: AdminRoutes,
        attestor: PeerAttestor,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        connections: ListenerConnections = .init(),
        logger: Logger
    ) -> SocketListener {
        SocketListener(
            place: .file(socket),
            limits: limits,
            group: group,
            logger: logger,
            door: .unix(attestor, connections.count(of: .admin, limits)),
            requiredFacts: { [] },
            pipeline: HTTPPipeline(
                limits: limits,
                errors: .broker,
                routes: { await routes.respond(to: $0, from: $1) },
                refusal: { error, _ in Response(.denied, "this process is served nothing: \(error)") }
            )
            .build
        )
    }

    /// The same on a socket that somebody else made, and that listens at this listener's place; `nil` changes nothing.
    ///
    /// Its file, and who may connect to it, remain that other's business. The listener closes the descriptor at its stop.
    package func inheriting(_ descriptor: CInt?) -> SocketListener {
        var listener = self
        listener.inherited = descriptor
        return listener
    }

    /// What operators know it by: its path, or its address.
    package var name: String { title.map { "\($0) on \(place)" } ?? "\(place)" }
    /// What it is for, where its place does not say it.
    var title: String?

    /// Binds the socket and accepts connections from then on.
    package func start() async throws(ListenError) -> RunningListener {
        let drain = ConnectionDrain()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(drain.makeHandler())
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: allowsHalfClosure)
            .childChannelInitializer { channel in configure(channel).map { drain.built(channel) } }
        do {
            let channel = try await place.bind(bootstrap, inherited)
            return RunningListener(
                channel: channel,
                drain: drain,
                place: place,
                ownsFile: inherited == nil,
                logger: logger
            )
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
                    turnAway?() ?? RefusalHandler(refused.response, lingers: refused.holdsPlace)
                )
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            let facts = requiredFacts()
            if peer.workloadAtOnce(facts) != nil {
                try pipeline(channel, peer, .success(()))
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            let attested = channel.eventLoop.makeFutureWithTask { () -> Result<Void, AttestationError> in
                do throws(AttestationError) {
                    _ = try await peer.workload(facts)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            return attested.flatMapThrowing { try pipeline(channel, peer, $0) }
        } catch {
            guard let turnAway else { return channel.eventLoop.makeFailedFuture(error) }
            // Closed without a word it would look served.
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(turnAway())
            }
        }
    }
}
