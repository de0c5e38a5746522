internal import Synchronization

/// The result of one job: the first that is given counts, and one caller waits for it.
final class WorkOutcome<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, AttestationError>

    private enum State {
        case open
        case awaited(CheckedContinuation<Outcome, Never>)
        case settled(Outcome)
        case delivered
    }

    private let state = Mutex(State.open)

    func settle(_ outcome: Outcome) {
        let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state {
            case .open:
                state = .settled(outcome)
                return nil
            case .awaited(let continuation):
                state = .delivered
                return continuation
            case .settled, .delivered: return nil
            }
        }
        waiting?.resume(returning: outcome)
    }

    /// To be read once.
    var value: Outcome {
        get async {
            await withCheckedContinuation { continuation in
                let settled = state.withLock { state -> Outcome? in
                    if case .settled(let outcome) = state {
                        state = .delivered
                        return outcome
                    }
                    state = .awaited(continuation)
                    return nil
                }
                if let settled { continuation.resume(returning: settled) }
            }
        }
    }
}
