internal import KeyRotation

/// What a leader writes of itself.
struct LeaderRecord: Codable, Equatable {
    let node: String
    /// Drawn for each term.
    let term: String
}

/// The term of one node: by what each of its writes proves in its transaction that it still lasts.
struct LeaderClaim: Sendable {
    let plan: PlanName
    let key: String
    /// The revision in which the key was made: the fencing token.
    let number: Int64
    /// As the leader wrote it.
    let record: [UInt8]

    /// What each write of the term compares.
    ///
    /// The revision alone would do, if a cluster never were restored from a snapshot: its revisions then come a second time, and another node's
    /// term may begin with the same. What was drawn for the term does not come again.
    var conditions: [EtcdCondition] { [.created(key, at: number), .value(of: key, is: record)] }

    /// Whether the key as it was read is of this term.
    func isMet(by value: EtcdValue?) -> Bool {
        value.map { $0.createRevision == number && $0.bytes == record } ?? false
    }
}

extension JournalError {
    static func deposed(_ plan: PlanName, at prefix: String) -> JournalError {
        JournalError(
            .deposed,
            "the term of this node for the plan \(plan) has ended: nothing was written; the fleet \(prefix) has another leader of it, or will "
                + "have one"
        )
    }

    /// What an error of etcd means for who wanted to read or write what the fleet knows.
    init(_ error: EtcdError, _ what: String) {
        self.init(error.code == .unreadable ? .corrupt : .unavailable, "\(what): \(error.message)")
    }
}
