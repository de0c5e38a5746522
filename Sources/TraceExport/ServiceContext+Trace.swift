package import Logging
internal import Tracing

extension ServiceContext {
    private enum Key: ServiceContextKey {
        typealias Value = TraceContext
        static let nameOverride: String? = "trace"
    }

    /// The trace that something belongs to.
    var trace: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}

extension Logger.MetadataProvider {
    /// Names the trace in every line that is written on its behalf.
    package static let trace = Logger.MetadataProvider {
        guard let trace = ServiceContext.current?.trace else { return [:] }
        return ["trace": "\(trace.traceID)", "span": "\(trace.spanID)"]
    }
}
