package import Logging
internal import NIOCore
package import NIOPosix
package import WorkloadAttestation

extension SocketListener {
    private static let mostConnections = 128

    /// The listener at which systemd asks for credentials of units (systemd.exec(5), `LoadCredential=`).
    ///
    /// There is no request: systemd connects, and what it reads until the end is the credential.
    package static func credentials(
        _ socket: SocketFile,
        handout: CredentialHandout,
        attestor: PeerAttestor,
        group: MultiThreadedEventLoopGroup,
        limits: ConnectionLimits = .init(),
        connections: ListenerConnections = .init(),
        logger: Logger
    ) -> SocketListener {
        var limits = limits
        // One user asks, and each answer may be a megabyte.
        limits.connections = min(limits.connections, mostConnections)
        limits.connectionsPerUser = limits.connections
        let idle = limits.idle
        return SocketListener(
            place: .file(socket),
            limits: limits,
            group: group,
            logger: logger,
            door: .unix(attestor, connections.count(of: .credentials, limits)),
            requiredFacts: { [] },
            // systemd says at once that it has nothing to say.
            allowsHalfClosure: true,
            turnAway: { CredentialHandler(limit: idle) { CredentialHandout.refusal } },
            pipeline: { channel, peer, _ in
                let asked = try channel.pipeline.syncOperations
                    .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                        attestor.unitCredential(ofSocket: $0)
                    }
                let answer = { @Sendable in await handout.credential(asked ?? nil, for: peer) }
                try channel.pipeline.syncOperations.addHandler(CredentialHandler(limit: idle, answer: answer))
            }
        )
    }
}
