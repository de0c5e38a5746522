internal import Synchronization

/// Counts the connections of one listener, in all and by user.
final class ConnectionCount: Sendable {
    private struct Protected {
        var total = 0
        var byUser: [UInt32: Int] = [:]
    }

    private let limits: ConnectionLimits
    private let protected = Mutex(Protected())

    init(_ limits: ConnectionLimits) {
        self.limits = limits
    }

    /// What a client is told when there is no place for anybody.
    var absence: String? { protected.withLock { absence($0) } }

    private func absence(_ protected: Protected) -> String? {
        guard protected.total >= limits.connections else { return nil }
        return "all \(limits.connections) connections to this socket are taken; try again"
    }

    /// Takes a place for a connection of `user`.
    ///
    /// - Returns: what the client is told when there is none.
    func enter(user: UInt32) -> String? {
        protected.withLock { protected in
            if let absence = absence(protected) { return absence }
            guard protected.byUser[user, default: 0] < limits.connectionsPerUser else {
                return "user \(user) holds \(limits.connectionsPerUser) connections to this socket already; close some"
            }
            protected.total += 1
            protected.byUser[user, default: 0] += 1
            return nil
        }
    }

    func leave(user: UInt32) {
        protected.withLock { protected in
            protected.total -= 1
            let left = protected.byUser[user, default: 1] - 1
            protected.byUser[user] = left > 0 ? left : nil
        }
    }
}
