internal import JOSE
internal import MessageDigests
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import SystemPrograms

/// IBM's paths on a loopback port, for the program that `iam-broker exec` runs and for one profile.
///
/// It passes requests on to the daemon, which judges this process. It ends with the process.
struct PrivateEndpoint: Sendable {
    /// What clients append IBM's paths to; it has the secret in it.
    let url: Redacted<String>

    /// Connections at once; who comes beyond that is disconnected, or another that has not shown the secret.
    static let connectionLimit = 64

    /// Begins to listen.
    ///
    /// `client` is where the daemon is.
    init(_ profile: String, _ client: BrokerClient) async throws(CommandFailure) {
        do {
            let secret = try EndpointSecret()
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let gate = ConnectionGate(limit: Self.connectionLimit)
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.maxMessagesPerRead, value: 4)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        // Before a place is given, and a byte is read.
                        guard EndpointGuest.isWelcome(channel), gate.enter(channel) else {
                            return channel.close(promise: nil)
                        }
                        let port = channel.localAddress?.port ?? 0
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                        let relay = EndpointRelay(secret: secret, profile: profile, port: port, client: client)
                        try channel.pipeline.syncOperations.addHandler(EndpointHandler(relay, gate))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            guard let port = channel.localAddress?.port else { throw HTTPExchangeError.failed("it has no port") }
            try LoopbackPeer.probe(UInt16(port))
            url = Redacted("http://127.0.0.1:\(port)/\(secret.text.exposed)")
        } catch let failure as SystemFailure {
            throw CommandFailure(
                .internalFailure,
                "the kernel does not tell who connects to 127.0.0.1: \(failure)",
                hint: "check that its module tcp_diag is there and that nothing forbids netlink sockets"
            )
        } catch {
            throw CommandFailure(
                .internalFailure,
                "cannot listen on 127.0.0.1 for the program: \(HTTPExchangeError(error))"
            )
        }
    }
}
