internal import Glibc

extension TCPEndpoint {
    /// Where the peer of an accepted socket meant to connect to, when this machine's firewall sent it here instead (iptables-extensions(8),
    /// REDIRECT; nftables has the same).
    ///
    /// `nil` when the connection was not redirected. It is the kernel's word: the peer cannot choose it but by connecting
    /// there.
    static func originalDestination(ofSocket socket: CInt, local: TCPEndpoint) -> TCPEndpoint? {
        let found = local.isIPv4 ? destinationIPv4(socket) : destinationIPv6(socket)
        return found == local ? nil : found
    }

    /// `SO_ORIGINAL_DST` and `IP6T_SO_ORIGINAL_DST`.
    private static let option: CInt = 80

    private static func destinationIPv4(_ socket: CInt) -> TCPEndpoint? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard getsockopt(socket, CInt(IPPROTO_IP), option, &address, &size) == 0, address.sin_family == AF_INET else {
            return nil
        }
        let bytes = withUnsafeBytes(of: address.sin_addr) { Array($0) }
        return TCPEndpoint(address: bytes, port: UInt16(bigEndian: address.sin_port))
    }

    private static func destinationIPv6(_ socket: CInt) -> TCPEndpoint? {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        guard getsockopt(socket, CInt(IPPROTO_IPV6), option, &address, &size) == 0, address.sin6_family == AF_INET6
        else { return nil }
        let bytes = withUnsafeBytes(of: address.sin6_addr) { Array($0) }
        return TCPEndpoint(address: bytes, port: UInt16(bigEndian: address.sin6_port))
    }
}
