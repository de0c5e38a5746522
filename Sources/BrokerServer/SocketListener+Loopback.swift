internal import BrokerAPI
package import Logging
internal import NIOHTTP1
package import NIOPosix
package import WorkloadAttestation

extension SocketListener {
    /// The listener for programs that read metrics and know no Unix sockets.
    ///
    /// Every user of this machine may ask there, so it tells nothing but ``AdminRoutes/metricsPage()``.
    package static func metrics(
        _ address: ListenAddress,
        routes: AdminRoutes,
        attestor: PeerAttestor,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        connections: ListenerConnections = .init(),
        logger: Logger
    ) -> SocketListener {
        loopback(address, .metrics, attestor, group, limits, connections, logger) { request in
            guard request.path == BrokerPath.metrics else {
                return Response(.notFound, "only \(BrokerPath.metrics) is served here")
            }
            guard request.method == .GET else { return .methodNotAllowed(allow: "GET") }
            return await routes.metricsPage()
        }
    }

    private static let mostConnections = 16
    private static let largestBody = 1_024

    /// A listener on loopback with small limits, behind the wall that keeps browsers and proxies away.
    ///
    /// The wall also refuses requests whose `Host` is a name that somebody made point here.
    static func loopback(
        _ address: ListenAddress,
        _ listener: ListenerConnections.Listener,
        _ attestor: PeerAttestor,
        _ group: MultiThreadedEventLoopGroup,
        _ limits: ConnectionLimits,
        _ connections: ListenerConnections,
        _ logger: Logger,
        routes: @escaping @Sendable (Request) async -> Response
    ) -> SocketListener {
        var limits = limits.overTCP
        limits.connections = min(limits.connections, mostConnections)
        // One user leaves places for the others.
        limits.connectionsPerUser = max(1, limits.connections / 4)
        limits.bodySize = largestBody
        return SocketListener(
            place: .address(address),
            limits: limits,
            group: group,
            logger: logger,
            door: .tcp(attestor, connections.count(of: listener, limits), containers: { [] }),
            requiredFacts: { [] },
            pipeline: HTTPPipeline(
                limits: limits,
                errors: .broker,
                routes: { request, peer in
                    // A peer that did not come over TCP knows none of the names.
                    let hosts = (peer as? TCPAttestedPeer)?.authorities ?? []
                    if let refusal = Wall(hosts: hosts).refusal(of: request) {
                        return Response(.denied, refusal.message)
                    }
                    return await routes(request)
                },
                refusal: { error, _ in Response(.denied, "this process is served nothing: \(error)") }
            )
            .build
        )
    }
}
