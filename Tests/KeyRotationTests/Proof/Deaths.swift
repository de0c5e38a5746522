import KeyRotation
import Synchronization

/// Ends the process at chosen moments: moments are counted over all lives of one run.
final class Deaths: Sendable {
    private struct State {
        var moment = 0
        var pending: [Int]
        var isDead = false
    }

    private let state: Mutex<State>

    /// - Parameter moments: when to die, in their order.
    init(at moments: [Int]) {
        state = Mutex(State(pending: moments))
    }

    /// How many moments have passed.
    var moments: Int { state.withLock { $0.moment } }

    /// How many deaths have not come.
    var left: Int { state.withLock { $0.pending.count } }

    /// A moment at which the process may die.
    func pass() throws(Interruption) {
        let isDead = state.withLock { state in
            defer { state.moment += 1 }
            if state.pending.first == state.moment {
                state.pending.removeFirst()
                state.isDead = true
            }
            return state.isDead
        }
        if isDead { throw Interruption() }
    }

    func revive() { state.withLock { $0.isDead = false } }
}
