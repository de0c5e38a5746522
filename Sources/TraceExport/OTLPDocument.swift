internal import FoundationEssentials
internal import Tracing

/// Spans in the form of OTLP/HTTP with JSON (OpenTelemetry protocol 1.x): IDs are hexadecimal, 64-bit numbers are text, and what
/// is an enumeration is a number.
struct OTLPDocument: Encodable {
    private let resourceSpans: [ResourceSpans]

    init(_ spans: [FinishedSpan], version: String, instance: String) {
        let resource = Resource(attributes: [
            Attribute(key: "service.name", value: .init(stringValue: "iam-broker")),
            Attribute(key: "service.version", value: .init(stringValue: version)),
            Attribute(key: "service.instance.id", value: .init(stringValue: instance)),
        ])
        let scope = Scope(name: "iam-broker", version: version)
        resourceSpans = [
            ResourceSpans(resource: resource, scopeSpans: [ScopeSpans(scope: scope, spans: spans.map(Span.init))])
        ]
    }

    func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    private struct ResourceSpans: Encodable {
        let resource: Resource
        let scopeSpans: [ScopeSpans]
    }

    private struct Resource: Encodable { let attributes: [Attribute] }

    private struct ScopeSpans: Encodable {
        let scope: Scope
        let spans: [Span]
    }

    private struct Scope: Encodable { let name, version: String }

    fileprivate struct Attribute: Encodable {
        let key: String
        let value: Value

        /// One of them.
        struct Value: Encodable {
            var stringValue: String?
            var intValue: String?
            var boolValue: Bool?
            var doubleValue: Double?
        }
    }

    private struct Span: Encodable {
        let traceId, spanId: String
        let parentSpanId, traceState: String?
        /// The trace's flags, and that it is known whether the parent is elsewhere is left out.
        let flags: UInt32
        let name: String
        let kind: Int
        let startTimeUnixNano, endTimeUnixNano: String
        let attributes: [Attribute]
        let status: Status

        struct Status: Encodable { let code: Int? }

        init(_ span: FinishedSpan) {
            (traceId, spanId, parentSpanId) = (span.trace.traceID, span.trace.spanID, span.parentID)
            traceState = span.trace.state.isEmpty ? nil : span.trace.state
            flags = span.trace.isSampled ? 1 : 0
            name = span.name
            kind =
                switch span.kind {
                case .internal: 1
                case .server: 2
                case .client: 3
                case .producer: 4
                case .consumer: 5
                }
            (startTimeUnixNano, endTimeUnixNano) = ("\(span.start)", "\(span.end)")
            var attributes: [Attribute] = []
            // swift-format-ignore: ReplaceForEachWithForLoop, because attributes are no sequence
            span.attributes.forEach { key, value in
                if let value = Attribute.Value(value) { attributes.append(Attribute(key: key, value: value)) }
            }
            self.attributes = attributes.sorted { $0.key < $1.key }
            status = Status(code: span.isFailed ? 2 : nil)
        }
    }
}

extension OTLPDocument.Attribute.Value {
    /// Lists are left out: the broker has none.
    fileprivate init?(_ attribute: SpanAttribute) {
        switch attribute {
        case .int32(let value): self.init(intValue: "\(value)")
        case .int64(let value): self.init(intValue: "\(value)")
        case .double(let value) where value.isFinite: self.init(doubleValue: value)
        case .bool(let value): self.init(boolValue: value)
        case .string(let value): self.init(stringValue: value)
        case .stringConvertible(let value): self.init(stringValue: "\(value)")
        default: return nil
        }
    }
}
