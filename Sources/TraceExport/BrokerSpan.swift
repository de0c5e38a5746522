internal import Synchronization
package import Tracing

/// A span of the broker's own tracer: it is recorded, or only passes its trace on.
package struct BrokerSpan: Span {
    package let context: ServiceContext
    private let record: Record?

    /// Of a span that somebody will look at.
    final class Record: Sendable {
        private let state: Mutex<State>
        private let queue: SpanQueue
        private let now: @Sendable () -> UInt64

        private struct State {
            var span: FinishedSpan
            var isEnded = false
        }

        init(_ span: FinishedSpan, _ queue: SpanQueue, now: @escaping @Sendable () -> UInt64) {
            state = Mutex(State(span: span))
            (self.queue, self.now) = (queue, now)
        }

        func read<Value: Sendable>(_ body: (borrowing FinishedSpan) -> Value) -> Value {
            state.withLock { body($0.span) }
        }

        /// What comes after the end changes nothing.
        func change(_ body: (inout FinishedSpan) -> Void) {
            state.withLock { if !$0.isEnded { body(&$0.span) } }
        }

        func end() {
            let now = now()
            let span = state.withLock { state -> FinishedSpan? in
                guard !state.isEnded else { return nil }
                state.isEnded = true
                state.span.end = now
                return state.span
            }
            if let span { queue.append(span) }
        }
    }

    init(_ context: ServiceContext, _ record: Record?) {
        (self.context, self.record) = (context, record)
    }

    package var isRecording: Bool { record != nil }

    package var operationName: String {
        get { record?.read(\.name) ?? "" }
        nonmutating set { record?.change { $0.name = newValue } }
    }

    package var attributes: SpanAttributes {
        get { record?.read(\.attributes) ?? [:] }
        nonmutating set { record?.change { $0.attributes = newValue } }
    }

    package func setStatus(_ status: SpanStatus) { record?.change { $0.isFailed = status.code == .error } }

    /// The type alone: a message may hold more than is fit for other machines.
    package func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        record?.change { $0.attributes["error.type"] = "\(type(of: error))" }
    }

    /// The broker's own code has none; those of libraries are left out.
    package func addEvent(_ event: SpanEvent) {}
    package func addLink(_ link: SpanLink) {}

    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) { record?.end() }
}
