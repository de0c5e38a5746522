internal import Glibc

extension TCPEndpoint {
    /// The two ends of a connected TCP socket: this process's, and the peer's (getsockname(2), getpeername(2)).
    package static func ends(
        ofSocket socket: CInt
    ) throws(TCPAttestationError) -> (local: TCPEndpoint, remote: TCPEndpoint) {
        (local: try end(of: socket, getsockname), remote: try end(of: socket, getpeername))
    }

    private typealias Question = (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt

    private static func end(of socket: CInt, _ question: Question) throws(TCPAttestationError) -> TCPEndpoint {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                question(socket, $0, &length) == 0 ? 0 : errno
            }
        }
        if code == ENOTCONN { throw .hungUp("the peer of a TCP connection") }
        guard code == 0 else {
            throw .kernelRefused("could not read the addresses of a TCP connection", code)
        }
        guard let end = TCPEndpoint(storage, length: Int(length)) else {
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
