internal import CLinux
internal import Glibc

/// Who is at the other end of a TCP connection within this machine (sock_diag(7)).
package enum LoopbackPeer {
    /// The user that made the socket which is bound to `address` and `port`, and connected to `ownPort` of 127.0.0.1.
    ///
    /// - Parameters:
    ///   - address: the four bytes of IPv4.
    ///   - port: of the other end.
    ///   - ownPort: of this end.
    /// - Returns: `nil` when no process has such a socket, or has it no longer.
    /// - Throws: the system's error number, when the kernel does not tell.
    package static func user(at address: [UInt8], _ port: UInt16, to ownPort: UInt16) throws(SystemFailure) -> UInt32? {
        guard let socket = try socket(at: address, port, to: ownPort) else { return nil }
        // The kernel may answer with a listening one; and one that no process holds any longer has root's number.
        let isIt = socket.own_port == port && socket.other_port == ownPort
        return isIt && socket.inode != 0 ? socket.user : nil
    }

    /// Asks for the socket that listens on `ownPort` of 127.0.0.1, to know whether such questions are answered here.
    package static func probe(_ ownPort: UInt16) throws(SystemFailure) {
        guard try socket(at: [127, 0, 0, 1], ownPort, to: 0) != nil else { throw SystemFailure(errorNumber: ENOENT) }
    }

    private static func socket(
        at address: [UInt8],
        _ port: UInt16,
        to otherPort: UInt16
    ) throws(SystemFailure) -> clinux_tcp_socket? {
        guard address.count == 4 else { throw SystemFailure(errorNumber: EAFNOSUPPORT) }
        var found = clinux_tcp_socket()
        let code = unsafe clinux_find_tcp_socket(4, address, port, [127, 0, 0, 1], otherPort, &found)
        if code == -ENOENT { return nil }
        guard code == 0 else { throw SystemFailure(errorNumber: -code) }
        return found
    }
}
