internal import Glibc
internal import NIOCore

/// How packets to the metadata service leave this machine.
enum MetadataRoute {
    /// Whether there is a route; without one, a connection fails before any rule sees a packet.
    static var exists: Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { _ = close(descriptor) }
        // NIO's address and not `sockaddr_in`: whose that is depends on what else a build of the whole module imports.
        guard let address = try? SocketAddress(ipAddress: FirewallRules.address, port: 80) else { return true }
        // Connecting a datagram socket sends nothing: it looks up the route.
        let result = unsafe address.withSockAddr { pointer, size in
            unsafe connect(descriptor, pointer, socklen_t(size))
        }
        return result == 0 || errno != ENETUNREACH
    }
}
