internal import Glibc
internal import NIOCore
internal import NIOPosix

extension SocketListener.Place: CustomStringConvertible {
    var description: String {
        switch self {
        case .file(let socket): socket.path
        case .address(let address): "\(address)"
        }
    }

    /// Binds the socket, and opens it for those who may use it; or takes the one that is `inherited`.
    func bind(_ bootstrap: ServerBootstrap, _ inherited: CInt?) async throws -> any Channel {
        switch self {
        case .file(let socket):
            if let inherited { return try await Self.take(inherited, bootstrap) }
            try socket.prepare()
            let channel = try await bootstrap.bind(unixDomainSocketPath: socket.path).get()
            do {
                try socket.open()
            } catch {
                try await channel.close()
                throw error
            }
            return channel
        case .address(let address):
            // Answers go one hop far: a connection that was forwarded here from elsewhere never comes about. Accepted
            // sockets have it from the listening one, before their first packet; those that connected while the socket was
            // somebody else's get it before their first answer.
            let isIPv6 = address.host.contains(":")
            let hops =
                isIPv6
                ? ChannelOptions.Types.SocketOption(level: .ipv6, name: .init(rawValue: IPV6_UNICAST_HOPS))
                : ChannelOptions.Types.SocketOption(level: .ip, name: .init(rawValue: CInt(IP_TTL)))
            let serving =
                bootstrap
                .serverChannelOption(hops, value: 1)
                .childChannelOption(hops, value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            if let inherited { return try await Self.take(inherited, serving) }
            return
                try await serving
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.host, port: address.port).get()
        }
    }

    private static func take(_ inherited: CInt, _ bootstrap: ServerBootstrap) async throws -> any Channel {
        let channel = try await bootstrap.withBoundSocket(inherited).get()
        // NIO has it listen anew with a queue of 128, and while no instance runs more may have to wait. The kernel takes what it
        // allows at most (listen(2)).
        guard listen(inherited, CInt.max) == 0 else {
            let code = errno
            try await channel.close()
            throw IOError(errnoCode: code, reason: "listen")
        }
        return channel
    }
}
