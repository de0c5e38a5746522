internal import Synchronization
internal import WorkloadAttestation

/// Counts the connections of one listener: in all, of each user, and of each address whose users are not known.
final class ConnectionCount: Sendable {
    private struct Protected {
        var total = 0
        var byKey: [QuotaKey: Int] = [:]
        /// Of those that are no user's.
        var strangers = 0
    }

    let limits: ConnectionLimits
    private let protected = Mutex(Protected())

    init(_ limits: ConnectionLimits) {
        self.limits = limits
    }

    /// How many are open.
    var total: Int { protected.withLock(\.total) }

    /// What a client is told when there is no place for anybody.
    var absence: String? { protected.withLock { absence($0) } }

    private func absence(_ protected: Protected) -> String? {
        guard protected.total >= limits.connections else { return nil }
        return "all \(limits.connections) connections to this socket are taken; try again"
    }

    /// Takes a place for a connection.
    ///
    /// - Returns: what the client is told when there is none.
    func enter(_ key: QuotaKey) -> String? {
        protected.withLock { protected in
            if let absence = absence(protected) { return absence }
            let (isStranger, limit) = share(of: key)
            guard protected.byKey[key, default: 0] < limit else {
                return "\(key) holds \(limit) connections to this socket already; close some"
            }
            guard !isStranger || protected.strangers < limits.connections / 2 else {
                return "all connections to this socket that are for containers and strangers are taken; try again"
            }
            protected.total += 1
            protected.byKey[key, default: 0] += 1
            if isStranger { protected.strangers += 1 }
            return nil
        }
    }

    func leave(_ key: QuotaKey) {
        protected.withLock { protected in
            protected.total -= 1
            let left = protected.byKey[key, default: 1] - 1
            protected.byKey[key] = left > 0 ? left : nil
            if share(of: key).isStranger { protected.strangers -= 1 }
        }
    }

    private func share(of key: QuotaKey) -> (isStranger: Bool, limit: Int) {
        if case .user = key { (false, limits.connectionsPerUser) } else { (true, limits.connectionsPerAddress) }
    }
}
