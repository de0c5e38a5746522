internal import Synchronization

/// Notices when etcd's revision goes back, as it does when a cluster is restored from a snapshot.
///
/// A reading that began after a revision was seen never has a smaller one: readings and transactions are linearizable.
final class RevisionMarks: Sendable {
    private struct State {
        var highest: Int64 = 0
        var setbacks = 0
    }

    private let state = Mutex(State())

    /// What a call that begins now must reach.
    var floor: Int64 { state.withLock { $0.highest } }

    /// How often the revision went back.
    var setbacks: Int { state.withLock { $0.setbacks } }

    /// Notes the revision of an answer to a call that began at `floor`.
    func note(_ revision: Int64, since floor: Int64) {
        state.withLock { state in
            // Of calls of the same time, one notes it for all: what the others began with is the floor no more.
            guard floor <= state.highest else { return }
            if revision < floor { state.setbacks += 1 }
            state.highest = revision < floor ? revision : max(state.highest, revision)
        }
    }
}
