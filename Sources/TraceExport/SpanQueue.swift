internal import Synchronization

/// Spans that wait to be sent.
///
/// Nobody waits for room: what finds none is counted.
final class SpanQueue: Sendable {
    private struct State {
        var spans: [FinishedSpan] = []
        var lost = 0
    }

    private let state = Mutex(State())

    /// How many spans wait at most, and how many are sent at once.
    static let mostWaiting = 2_048
    static let batch = 512

    func append(_ span: FinishedSpan) {
        state.withLock { state in
            if state.spans.count < Self.mostWaiting { state.spans.append(span) } else { state.lost += 1 }
        }
    }

    /// The oldest spans, ``batch`` of them at most, which are in the queue no more.
    func take() -> [FinishedSpan] {
        state.withLock { state in
            let batch = Array(state.spans.prefix(Self.batch))
            state.spans.removeFirst(batch.count)
            return batch
        }
    }

    /// Counts spans that were taken and that nobody wanted.
    func lose(_ count: Int) { state.withLock { $0.lost += count } }

    /// How many were lost since the last time.
    func takeLost() -> Int {
        state.withLock { state in
            defer { state.lost = 0 }
            return state.lost
        }
    }
}
