internal import Glibc

/// The one owner of a file descriptor.
final class Descriptor: Sendable {
    let number: CInt

    init(owning number: CInt) {
        self.number = number
    }

    deinit { close(number) }

    /// Whether a pidfd's process runs: the descriptor becomes readable when it ends (pidfd_open(2)).
    var isRunningProcess: Bool {
        var poll = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 0
    }
}
