internal import CLinux

/// A connected TCP socket, as the kernel describes it.
struct SocketRecord: Sendable, Hashable {
    let own: TCPEndpoint
    let other: TCPEndpoint
    let userID: UInt32
    /// 0 when no process holds it any longer.
    let inode: UInt64
    /// A number that no other socket has until the machine restarts; nil where only the text of `/proc` tells.
    let cookie: UInt64?

    /// Whether a socket in this state (net/tcp_states.h) can belong to a peer that still waits for an answer.
    ///
    /// ESTABLISHED; FIN_WAIT1 and FIN_WAIT2 of a peer that has sent all it wants to; CLOSE_WAIT of one that has yet to read
    /// what was sent. In all others there is no connection yet, or the peer has closed its socket.
    static func isOpen(state: UInt8) -> Bool {
        switch state {
        case 1, 4, 5, 8: true
        default: false
        }
    }
}

extension SocketRecord {
    /// Takes the kernel's answer to the question who has `own` connected to `other`.
    ///
    /// Answers nil when it is a socket that waits for connections or is done with one: those are what the kernel finds where
    /// no connected one is.
    static func matching(
        own: TCPEndpoint,
        other: TCPEndpoint,
        _ answer: clinux_tcp_socket
    ) throws(TCPAttestationError) -> SocketRecord? {
        guard isOpen(state: answer.state) else { return nil }
        let size = answer.family == 4 ? 4 : 16
        let ends = [
            (withUnsafeBytes(of: answer.own_address) { Array($0.prefix(size)) }, answer.own_port, own),
            (withUnsafeBytes(of: answer.other_address) { Array($0.prefix(size)) }, answer.other_port, other),
        ]
        for (address, port, expected) in ends where TCPEndpoint(address: address, port: port) != expected {
            throw TCPAttestationError(
                .kernelRefused,
                "the kernel was asked for the socket \(own) connected to \(other) and answered with another"
            )
        }
        return SocketRecord(
            own: own,
            other: other,
            userID: answer.user,
            inode: UInt64(answer.inode),
            cookie: answer.cookie
        )
    }
}
