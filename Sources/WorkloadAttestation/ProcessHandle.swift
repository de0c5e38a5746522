internal import CLinux
internal import Glibc

/// A hold on one process: the descriptor stays with that process even when its number goes to another (pidfd_open(2)).
final class ProcessHandle: Sendable {
    private let descriptor: CInt

    private init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The peer of a connected Unix socket: from the kernel directly (Linux 6.5), or by its number.
    ///
    /// By number there is a moment in which the number may already be another process's; whoever uses such a handle must
    /// compare what it reads with the credentials of the socket.
    static func peer(ofSocket socket: CInt, processID: Int32) -> ProcessHandle? {
        let direct = clinux_peer_pidfd(socket)
        if direct >= 0 { return ProcessHandle(owning: direct) }
        // Only a kernel that lacks the option may be asked the older way; a peer that is gone is gone.
        guard direct == -ENOPROTOOPT, processID > 0 else { return nil }
        let byNumber = clinux_pidfd_open(processID)
        return byNumber >= 0 ? ProcessHandle(owning: byNumber) : nil
    }

    /// Whether the process still runs.
    ///
    /// A pidfd becomes readable when its process ends.
    var isRunning: Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 0
    }
}
