internal import Synchronization

/// The connections of all listeners, for operators to look at.
package final class ListenerConnections: Sendable {
    /// What a listener is for.
    package enum Listener: String, Sendable, CaseIterable {
        case admin, workload, metadata, credentials, metrics, page
    }

    /// One listener at this moment.
    package struct Figures: Sendable, Equatable {
        package let listener: Listener
        /// Connections that are open.
        package let open: Int
        /// Connections that it takes at most.
        package let limit: Int
    }

    private let counts = Mutex<[Listener: ConnectionCount]>([:])

    package init() {}

    /// What counts the connections of a listener that is about to begin.
    func count(of listener: Listener, _ limits: ConnectionLimits) -> ConnectionCount {
        let count = ConnectionCount(limits)
        counts.withLock { $0[listener] = count }
        return count
    }

    /// Of every listener that there is, in no order.
    package var figures: [Figures] {
        counts.withLock { $0 }.map { Figures(listener: $0, open: $1.total, limit: $1.limits.connections) }
    }
}
