internal import NIOCore
internal import Synchronization

/// Lets so many connections in and no more.
final class ConnectionGate: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether there is a place for `channel`; it is free again when that closes.
    func enter(_ channel: any Channel) -> Bool {
        let isAdmitted = count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { return false }
        channel.closeFuture.whenComplete { [self] _ in count.withLock { $0 -= 1 } }
        return true
    }
}
