internal import Glibc

extension TCPEndpoint {
    /// The two ends of a connected TCP socket: this process's, and the peer's (getsockname(2), getpeername(2)).
    package static func ends(
        ofSocket socket: CInt
    ) throws(TCPAttestationError) -> (local: TCPEndpoint, remote: TCPEndpoint) {
        (local: try end(of: socket, getsockname), remote: try end(of: socket, getpeername))
    }

    /// Where the peer of an accepted socket wanted to connect to, when a rule of this machine redirected it to `local`;
    /// `nil` when none did, or the kernel tracks no connections.
    ///
    /// It is the peer's other end then: translation changes what the daemon sees, not what the peer's socket holds.
    static func originalDestination(
        ofSocket socket: CInt,
        local: TCPEndpoint
    ) throws(TCPAttestationError) -> TCPEndpoint? {
        // A socket of both families that has IPv4 addresses answers as one of IPv4.
        let level = CInt(local.isIPv4 ? IPPROTO_IP : IPPROTO_IPV6)
        let (original, code) = answer(of: socket) { getsockopt($0, level, originalDestinationOption, $1, $2) }
        switch code {
        case 0: break
        // The connection is not tracked; nothing in this kernel tracks any.
        case ENOENT, ENOPROTOOPT: return nil
        default: throw .kernelRefused("could not read where a TCP connection was redirected from", code)
        }
        guard let original else {
            throw .kernelRefused("could not read where a TCP connection was redirected from", EAFNOSUPPORT)
        }
        return original == local ? nil : original
    }

    /// `SO_ORIGINAL_DST` (linux/netfilter_ipv4.h) and `IP6T_SO_ORIGINAL_DST` (linux/netfilter_ipv6/ip6_tables.h).
    private static let originalDestinationOption: CInt = 80

    private typealias Question = (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt

    /// What the kernel answered, if it is an address, and its error (errno(3)).
    private static func answer(of socket: CInt, _ question: Question) -> (end: TCPEndpoint?, code: CInt) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                question(socket, $0, &length) == 0 ? 0 : errno
            }
        }
        return (code == 0 ? TCPEndpoint(storage, length: Int(length)) : nil, code)
    }

    private static func end(of socket: CInt, _ question: Question) throws(TCPAttestationError) -> TCPEndpoint {
        let (end, code) = answer(of: socket, question)
        if code == ENOTCONN { throw .hungUp("the peer of a TCP connection") }
        guard code == 0 else {
            throw .kernelRefused("could not read the addresses of a TCP connection", code)
        }
        guard let end else {
            throw .kernelRefused("could not read the addresses of a connection that is not TCP", EAFNOSUPPORT)
        }
        return end
    }

    private init?(_ storage: sockaddr_storage, length: Int) {
        let family = CInt(storage.ss_family)
        let end: TCPEndpoint? = withUnsafeBytes(of: storage) { bytes in
            if family == AF_INET, length >= MemoryLayout<sockaddr_in>.size {
                let ipv4 = bytes.loadUnaligned(as: sockaddr_in.self)
                let address = withUnsafeBytes(of: ipv4.sin_addr) { Array($0) }
                return TCPEndpoint(address: address, port: UInt16(bigEndian: ipv4.sin_port))
            }
            if family == AF_INET6, length >= MemoryLayout<sockaddr_in6>.size {
                let ipv6 = bytes.loadUnaligned(as: sockaddr_in6.self)
                let address = withUnsafeBytes(of: ipv6.sin6_addr) { Array($0) }
                return TCPEndpoint(address: address, port: UInt16(bigEndian: ipv6.sin6_port))
            }
            return nil
        }
        guard let end else { return nil }
        self = end
    }
}
