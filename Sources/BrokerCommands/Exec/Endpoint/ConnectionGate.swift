internal import NIOCore
internal import Synchronization

/// Lets so many connections in and no more.
///
/// Who has shown the secret keeps its place. Who has not leaves it to a newcomer, the oldest first.
final class ConnectionGate: Sendable {
    private struct Guest: Sendable {
        let channel: any Channel
        var isKnown = false
    }

    private let limit: Int
    /// In the order in which they came.
    private let guests = Mutex<[Guest]>([])

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether there is a place for `channel`; it is free again when that closes.
    func enter(_ channel: any Channel) -> Bool {
        let (isAdmitted, leaving) = guests.withLock { guests -> (Bool, (any Channel)?) in
            var leaving: (any Channel)?
            if guests.count >= limit {
                guard let oldest = guests.firstIndex(where: { !$0.isKnown }) else { return (false, nil) }
                leaving = guests.remove(at: oldest).channel
            }
            guests.append(Guest(channel: channel))
            return (true, leaving)
        }
        guard isAdmitted else { return false }
        leaving?.close(promise: nil)
        channel.closeFuture.whenComplete { [self] _ in guests.withLock { $0.removeAll { $0.channel === channel } } }
        return true
    }

    /// The secret came over `channel`.
    func know(_ channel: any Channel) {
        guests.withLock { guests in
            guard let place = guests.firstIndex(where: { $0.channel === channel }) else { return }
            guests[place].isKnown = true
        }
    }
}
