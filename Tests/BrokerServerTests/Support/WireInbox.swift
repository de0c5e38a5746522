import NIOCore
import Synchronization

/// The bytes that a client has received and nobody has taken yet.
final class WireInbox: Sendable {
    private struct Protected {
        var bytes: [UInt8] = []
        /// Counts arrivals, so that nobody misses one between looking and waiting.
        var arrivals = 0
        var seen = 0
        var isFinished = false
        var waiter: CheckedContinuation<Outcome, Never>?
    }

    private enum Outcome { case arrived, finished, timedOut }

    private let protected = Mutex(Protected())

    var rest: [UInt8] { protected.withLock { $0.bytes } }

    func append(_ bytes: [UInt8]) {
        let waiter = protected.withLock { protected in
            protected.bytes += bytes
            protected.arrivals += 1
            return Self.takeWaiter(&protected)
        }
        waiter?.resume(returning: .arrived)
    }

    func finish() {
        let waiter = protected.withLock { protected in
            protected.isFinished = true
            return Self.takeWaiter(&protected)
        }
        waiter?.resume(returning: .finished)
    }

    func take(isHead: Bool) -> WireAnswer? {
        protected.withLock { protected in
            protected.seen = protected.arrivals
            return WireAnswer.take(from: &protected.bytes, isHead: isHead)
        }
    }

    /// Waits for bytes that came after the last look.
    ///
    /// - Returns: `false` when the connection ended instead.
    func next(on eventLoop: any EventLoop) async throws -> Bool {
        let timer = eventLoop.scheduleTask(in: Self.patience) { [self] in
            let waiter = protected.withLock { Self.takeWaiter(&$0) }
            waiter?.resume(returning: .timedOut)
        }
        defer { timer.cancel() }
        let outcome: Outcome = await withCheckedContinuation { continuation in
            let known: Outcome? = protected.withLock { protected in
                if protected.arrivals > protected.seen {
                    protected.seen = protected.arrivals
                    return .arrived
                }
                if protected.isFinished { return .finished }
                protected.waiter = continuation
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
        switch outcome {
        case .arrived: return true
        case .finished: return false
        case .timedOut: throw WireError(description: "nothing came for \(Self.patience.nanoseconds / 1_000_000_000) s")
        }
    }

    private static func takeWaiter(_ protected: inout Protected) -> CheckedContinuation<Outcome, Never>? {
        defer { protected.waiter = nil }
        return protected.waiter
    }

    /// Far longer than anything in a test takes: it ends a test that would hang.
    private static let patience: TimeAmount = .seconds(60)
}
