internal import Synchronization

/// A wait that ends with what is waited for, or with the cancellation of the task, whichever comes first.
enum AbandonableWait {
    /// Starts something that calls `done` at its end, and waits for that.
    ///
    /// - Returns: `nil` when the task was cancelled.
    static func run<Value: Sendable>(
        _ start: (_ done: @escaping @Sendable (sending Value) -> Void) -> Void
    ) async -> Value? {
        let waiter = Waiter<Value>()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter.wait(continuation)
                start { waiter.resume($0) }
            }
        } onCancel: {
            waiter.resume(nil)
        }
    }

    /// Resumed once.
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
