/// Who is at the other end of a TCP connection on this machine.
///
/// Two answers about one connection are equal as long as nothing about its peer changed: whoever gathers more about
/// ``processID`` asks again afterwards and compares.
package struct TCPPeer: Sendable, Hashable {
    /// The user that made the socket, as of `socket(2)`.
    package let userID: UInt32
    /// The number of the socket (`/proc/PID/fd` shows it as `socket:[INODE]`).
    package let inode: UInt64
    /// The one process that holds the socket, when it was asked for or the peer is in a container.
    package let processID: Int32?
    /// When that process started, in clock ticks since boot (proc(5), `starttime`): with it a number that went to another
    /// process can be told.
    package let processStart: UInt64?
    /// The full id of the container whose network namespace the peer is in, when that is not the daemon's own.
    package let container: String?

    init(
        userID: UInt32,
        inode: UInt64,
        processID: Int32? = nil,
        processStart: UInt64? = nil,
        container: String? = nil
    ) {
        self.userID = userID
        self.inode = inode
        self.processID = processID
        self.processStart = processStart
        self.container = container
    }
}
