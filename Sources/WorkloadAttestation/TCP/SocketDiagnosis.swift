internal import CLinux
internal import Glibc

/// Asks the kernel about the TCP sockets of the daemon's network namespace (sock_diag(7)).
enum SocketDiagnosis {
    /// The socket whose own end is `own`, connected to `other`; nil when there is none.
    static func find(own: TCPEndpoint, other: TCPEndpoint) throws(TCPAttestationError) -> SocketRecord? {
        // The kernel keeps connections between IPv4-mapped addresses with those of IPv4.
        let isIPv4 = own.isIPv4 && other.isIPv4
        var answer = clinux_tcp_socket()
        let result = clinux_find_tcp_socket(
            isIPv4 ? 4 : 6,
            isIPv4 ? own.address : own.wideAddress,
            own.port,
            isIPv4 ? other.address : other.wideAddress,
            other.port,
            &answer
        )
        if result == -ENOENT { return nil }
        guard result == 0 else {
            throw .kernelRefused(
                "the kernel does not tell who has the other end of the TCP connection \(own); "
                    + "check that its module tcp_diag is there and that nothing forbids netlink sockets",
                -result
            )
        }
        return try SocketRecord.matching(own: own, other: other, answer)
    }
}
