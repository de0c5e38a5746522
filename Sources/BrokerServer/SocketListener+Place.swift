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

    /// Binds the socket, and opens it for those who may use it.
    func bind(_ bootstrap: ServerBootstrap) async throws -> any Channel {
        switch self {
        case .file(let socket):
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
            // sockets have it from the listening one, before their first packet.
            let isIPv6 = address.host.contains(":")
            let hops =
                isIPv6
                ? ChannelOptions.Types.SocketOption(level: .ipv6, name: .init(rawValue: IPV6_UNICAST_HOPS))
                : ChannelOptions.Types.SocketOption(level: .ip, name: .init(rawValue: CInt(IP_TTL)))
            return
                try await bootstrap
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelOption(hops, value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: address.host, port: address.port).get()
        }
    }
}
