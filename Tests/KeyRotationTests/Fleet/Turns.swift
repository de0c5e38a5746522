import Synchronization

/// Has several tasks take turns: of all of them and whoever decides, one runs at a time, so that a run depends on nothing but
/// what is decided.
///
/// A task runs until it asks for something of the outside world, and waits there for its verdict.
final class Turns<Question: Sendable, Verdict: Sendable>: Sendable {
    private struct Parked {
        let question: Question
        let answer: CheckedContinuation<Verdict, Never>
    }

    private struct State {
        var parked: [Actor: Parked] = [:]
        /// Whoever decides, while a task runs.
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// What each task that has not ended asks for; not to be called while one runs.
    var questions: [Actor: Question] { state.withLock { $0.parked.mapValues(\.question) } }

    /// Called by a task: waits for the verdict.
    func ask(_ question: Question, _ actor: Actor) async -> Verdict {
        await withCheckedContinuation { answer in
            yield { $0.parked[actor] = Parked(question: question, answer: answer) }
        }
    }

    /// Begins a task, and returns when it asks for something or has ended.
    func begin(_ body: @escaping @Sendable () async -> Void) async {
        await withCheckedContinuation { waiting in
            state.withLock { $0.waiting = waiting }
            // It ends before the run does: every question gets a verdict.
            Task {
                await body()
                yield { _ in }
            }
        }
    }

    /// Lets a task go on, and returns when it asks for something else or has ended.
    func decide(_ verdict: Verdict, _ actor: Actor) async {
        await withCheckedContinuation { waiting in
            let parked = state.withLock { state in
                state.waiting = waiting
                return state.parked.removeValue(forKey: actor)
            }
            parked?.answer.resume(returning: verdict)
        }
    }

    private func yield(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}

/// Who takes turns.
enum Actor: Int, CaseIterable, Sendable, Comparable {
    case first, second, consumer

    static func < (left: Actor, right: Actor) -> Bool { left.rawValue < right.rawValue }

    var isRotator: Bool { self != .consumer }
}
