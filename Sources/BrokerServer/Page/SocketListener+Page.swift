internal import BrokerAPI
package import Logging
internal import NIOCore
package import NIOPosix
package import WorkloadAttestation

extension SocketListener {
    private static let mostPageConnections = 64

    /// The listener for the browsers of operators, on an address of the loopback range.
    package static func page(
        _ address: ListenAddress,
        routes: PageRoutes,
        attestor: PeerAttestor,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        connections: ListenerConnections = .init(),
        logger: Logger
    ) -> SocketListener {
        var limits = limits.overTCP
        limits.connections = min(limits.connections, mostPageConnections)
        // One user leaves places for the others.
        limits.connectionsPerUser = max(1, limits.connections / 4)
        var listener = SocketListener(
            place: .address(address),
            limits: limits,
            group: group,
            logger: logger,
            door: .tcp(attestor, connections.count(of: .page, limits), containers: { [] }),
            requiredFacts: { [] },
            pipeline: HTTPPipeline(
                limits: limits,
                errors: .broker,
                routes: { await routes.respond(to: $0, from: $1) },
                refusal: { error, _ in Response(.denied, "this process is served nothing: \(error)") }
            )
            .build
        )
        listener.title = "page"
        return listener
    }
}
