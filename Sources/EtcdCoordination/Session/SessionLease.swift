internal import Synchronization

/// A lease of this node, as long as it is sure that it lasts.
final class SessionLease: Sendable {
    let number: Int64
    /// Ends with the lease, and when the node is drained.
    let mark = EndMark()
    private let certainEnd: Mutex<Duration>

    /// - Parameters:
    ///   - number: etcd's number of it.
    ///   - end: until when it surely lasts, on the clock that counts from boot.
    init(_ number: Int64, until end: Duration) {
        self.number = number
        certainEnd = Mutex(end)
    }

    /// Until when it surely lasts, on the clock that counts from boot, counted from before the last request to keep it was sent.
    var end: Duration { certainEnd.withLock { $0 } }

    func extend(to end: Duration) {
        certainEnd.withLock { $0 = max($0, end) }
    }
}
