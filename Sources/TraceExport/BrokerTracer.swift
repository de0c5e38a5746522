package import Tracing

/// Passes traces on, and records spans where somebody wants them.
///
/// It is handed to whom it concerns. The process-wide instrument of swift-distributed-tracing is not set.
package struct BrokerTracer: Tracer {
    package typealias Span = BrokerSpan

    /// Where spans go, and which.
    struct Recording: Sendable {
        let queue: SpanQueue
        /// How much of the traces that begin here is recorded, from 0 to 1.
        let sample: Double
        /// Nanoseconds since 1970.
        let now: @Sendable () -> UInt64
        let random: @Sendable () -> UInt64
    }

    private let recording: Recording?

    /// `nil` records nothing and begins no traces: those of clients are passed on as they are.
    init(_ recording: Recording?) {
        self.recording = recording
    }

    /// A tracer that only passes on.
    package static let passingOn = BrokerTracer(nil)

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> BrokerSpan {
        var context = context()
        guard let recording else { return BrokerSpan(context, nil) }
        let parent = context.trace
        // Of a random number the upper 53 bits are a fraction, exactly.
        let fraction = { Double(recording.random() >> 11) * 0x1p-53 }
        let trace = TraceContext(
            traceID: parent?.traceID ?? Self.hexadecimal([recording.random() | 1, recording.random()]),
            spanID: Self.hexadecimal([recording.random() | 1]),
            isSampled: parent?.isSampled ?? (fraction() < recording.sample),
            state: parent?.state ?? ""
        )
        context.trace = trace
        guard trace.isSampled else { return BrokerSpan(context, nil) }
        let now = recording.now()
        let span = FinishedSpan(
            trace: trace,
            parentID: parent?.spanID,
            name: operationName,
            kind: kind,
            start: now,
            end: now
        )
        return BrokerSpan(context, BrokerSpan.Record(span, recording.queue, now: recording.now))
    }

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
        context.trace = TraceContext(parent: parent, state: extractor.extract(key: "tracestate", from: carrier))
    }

    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.parent, forKey: "traceparent", into: &carrier)
        if !trace.state.isEmpty { injector.inject(trace.state, forKey: "tracestate", into: &carrier) }
    }

    /// The service sends spans by itself.
    package func forceFlush() {}

    private static func hexadecimal(_ numbers: [UInt64]) -> String {
        numbers.map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        .joined()
    }
}
