import Dispatch
import Foundation
import Synchronization

/// Something that happens once.
///
/// A wait for it ends with an error when it does not happen in time.
final class Occurrence<Value: Sendable>: Sendable {
    private enum State {
        case pending([CheckedContinuation<Value, any Error>])
        case over(Result<Value, any Error>)
    }

    private let name: String
    private let state = Mutex(State.pending([]))

    init(_ name: String) {
        self.name = name
    }

    func happen(_ value: Value) { end(.success(value)) }

    /// It will not happen any more.
    func fail() { end(.failure(DidNotHappen(description: "\(name) did not happen"))) }

    /// Returns what it brought; `limit` is a safeguard in seconds, far above what it should take.
    func wait(limit: Int = 100) async throws -> Value {
        DispatchQueue.global()
            .asyncAfter(deadline: .now() + .seconds(limit)) { [weak self, name] in
                self?.end(.failure(DidNotHappen(description: "\(name) did not happen within \(limit) s")))
            }
        return try await withCheckedThrowingContinuation { continuation in
            let result: Result<Value, any Error>? = state.withLock { state in
                switch state {
                case .pending(let waiters):
                    state = .pending(waiters + [continuation])
                    return nil
                case .over(let result): return result
                }
            }
            if let result { continuation.resume(with: result) }
        }
    }

    private func end(_ result: Result<Value, any Error>) {
        let waiters: [CheckedContinuation<Value, any Error>] = state.withLock { state in
            guard case .pending(let waiters) = state else { return [] }
            state = .over(result)
            return waiters
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}

struct DidNotHappen: Error, CustomStringConvertible {
    let description: String
}

/// Runs `body`, which blocks, on a thread of its own: the few threads of Swift's pool also run the simulator.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
