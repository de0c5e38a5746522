internal import Synchronization
package import TokenBroker

/// Which of the sockets that the daemon is to listen on it does listen on.
package final class ListenerBoard: Sendable {
    private struct Entry {
        let name: String
        var listener: RunningListener?
    }

    private let entries = Mutex<[Entry]>([])

    package init() {}

    /// Whoever asks is told that nothing listens on any of `names`, until ``started(_:_:)``.
    package func expect(_ names: [String]) { entries.withLock { $0 = names.map { Entry(name: $0) } } }

    /// The listener in this place of the list, counted from 0, runs.
    package func started(_ place: Int, _ listener: RunningListener) {
        entries.withLock { entries in
            guard entries.indices.contains(place) else { return }
            entries[place].listener = listener
        }
    }

    /// The port that the listener of that name really has; `nil` when it does not listen, or not on a port.
    package func port(of name: String) -> Int? {
        entries.withLock { $0 }.first { $0.name == name }?.listener?.port
    }

    package var listeners: [HealthState.Listener] {
        entries.withLock { $0 }
            .map { HealthState.Listener(name: $0.name, isListening: $0.listener?.isListening ?? false) }
    }
}
