package import Tracing

/// Opens spans around what is done, where somebody handed in a tracer.
package struct SpanSource: Sendable {
    private let tracer: (any Tracer)?

    /// On whose side of a call a span is.
    package enum Kind: Sendable {
        /// Nobody's: it is the daemon's own work.
        case `internal`
        /// Somebody asked for it.
        case server
        /// It is asked for elsewhere.
        case client

        fileprivate var kind: SpanKind {
            switch self {
            case .internal: .internal
            case .server: .server
            case .client: .client
            }
        }
    }

    /// Opens none, and passes no trace on.
    package static let none = SpanSource(nil)

    package init(_ tracer: (any Tracer)?) {
        self.tracer = tracer
    }

    /// Does `body` within a span.
    ///
    /// - Parameters:
    ///   - name: what is done; of names there are only a few.
    ///   - kind: whose work it is.
    ///   - body: may say more about the span.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; the span then tells its kind and nothing else.
    package func span<Success: Sendable, Failure>(
        _ name: String,
        kind: Kind = .internal,
        _ body: (SpanNote) async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        guard let tracer else { return try await body(SpanNote(nil)) }
        let span = tracer.startAnySpan(name, context: ServiceContext.current ?? .topLevel, ofKind: kind.kind)
        defer { span.end() }
        let note = SpanNote(span)
        let result = await ServiceContext.withValue(span.context) {
            await Result { () async throws(Failure) in try await body(note) }
        }
        if case .failure(let error) = result {
            note.fail((error as? AcquisitionError)?.code.rawValue ?? "\(type(of: error))")
        }
        return try result.get()
    }

    /// The trace that a request brings (W3C Trace Context).
    ///
    /// - Parameters:
    ///   - parent: the values of all headers `traceparent`; more than one is none.
    ///   - state: the values of all headers `tracestate`, in their order.
    /// - Returns: a context for what is done for the request.
    package func incoming(parent: [String], state: [String]) -> ServiceContext {
        var context = ServiceContext.topLevel
        guard let tracer, parent.count == 1 else { return context }
        var headers = ["traceparent": parent[0]]
        if !state.isEmpty { headers["tracestate"] = state.joined(separator: ",") }
        tracer.extract(headers, into: &context, using: HeaderFields())
        return context
    }

    /// The headers that pass the current trace on.
    package var outgoing: [(name: String, value: String)] {
        guard let tracer, let context = ServiceContext.current else { return [] }
        var headers: [String: String] = [:]
        tracer.inject(context, into: &headers, using: HeaderFields())
        return headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    private struct HeaderFields: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }
}

/// What can be said about a span.
///
/// It goes to other machines: no token, no key and nothing of a request's body.
package struct SpanNote: Sendable {
    private let span: (any Span)?

    fileprivate init(_ span: (any Span)?) {
        self.span = span
    }

    package func set(_ key: String, _ value: String) { span?.attributes[key] = value }
    package func set(_ key: String, _ value: Int) { span?.attributes[key] = Int64(value) }

    /// - Parameter type: what failed, in one word.
    package func fail(_ type: String) {
        set("error.type", type)
        span?.setStatus(SpanStatus(code: .error))
    }
}

extension Result where Success: Sendable {
    fileprivate init(_ body: () async throws(Failure) -> Success) async {
        do throws(Failure) {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
