internal import Dispatch
internal import Synchronization

/// Work that holds up its thread for seconds: making keys, waiting for the disk, running a program.
///
/// It has a thread of its own, so that neither event loops nor tasks wait for it.
struct BlockingWork: Sendable {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label, qos: .utility)
    }

    /// Does `work`; a task that is cancelled meanwhile does not wait for its end.
    ///
    /// - Returns: `nil` when the task was cancelled.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        let waiter = Waiter<Value>()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter.wait(continuation)
                queue.async { waiter.resume(work()) }
            }
        } onCancel: {
            waiter.resume(nil)
        }
    }

    /// Who waits for the work: resumed once, by its end or by the cancellation, whichever comes first.
    private final class Waiter<Value: Sendable>: Sendable {
        private enum State {
            case new
            case waiting(CheckedContinuation<Value?, Never>)
            case over
        }

        private let state = Mutex(State.new)

        func wait(_ continuation: CheckedContinuation<Value?, Never>) {
            let isOver = state.withLock { state in
                if case .over = state { return true }
                state = .waiting(continuation)
                return false
            }
            if isOver { continuation.resume(returning: nil) }
        }

        func resume(_ value: sending Value?) {
            let before = state.withLock { state in
                defer { state = .over }
                return state
            }
            if case .waiting(let continuation) = before { continuation.resume(returning: value) }
        }
    }
}
