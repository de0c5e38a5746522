internal import Glibc

/// How packets to the metadata service leave this machine.
enum MetadataRoute {
    /// Whether there is a route; without one, a connection fails before any rule sees a packet.
    static var exists: Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { _ = close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(80).bigEndian
        address.sin_addr.s_addr = unsafe inet_addr(FirewallRules.address)
        // Connecting a datagram socket sends nothing: it looks up the route.
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 || errno != ENETUNREACH
    }
}
