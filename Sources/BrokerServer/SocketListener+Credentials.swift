package import Logging
internal import NIOCore
package import NIOPosix
package import WorkloadAttestation

extension SocketListener {
    /// The listener at which systemd asks for credentials of units (systemd.exec(5), `LoadCredential=`).
    ///
    /// There is no request: systemd connects, and what it reads until the end is the credential.
    package static func credentials(
        _ socket: SocketFile,
        handout: CredentialHandout,
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
            // systemd says at once that it has nothing to say.
            allowsHalfClosure: true,
            pipeline: { channel, peer, _ in
                let asked = try channel.pipeline.syncOperations
                    .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                        attestor.unitCredential(ofSocket: $0)
                    }
                let answer = { @Sendable in await handout.credential(asked ?? nil, for: peer) }
                try channel.pipeline.syncOperations.addHandler(CredentialHandler(answer: answer))
            }
        )
    }
}
