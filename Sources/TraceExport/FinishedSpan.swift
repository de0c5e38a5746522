internal import Tracing

/// All that is told of a span.
struct FinishedSpan: Sendable {
    let trace: TraceContext
    /// The span before it; `nil` at the start of a trace.
    let parentID: String?
    var name: String
    let kind: SpanKind
    /// Nanoseconds since 1970.
    let start: UInt64
    var end: UInt64
    var attributes: SpanAttributes = [:]
    var isFailed = false
}
