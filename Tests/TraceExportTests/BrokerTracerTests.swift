import Foundation
import Synchronization
import Testing
import Tracing

@testable import TraceExport

@Suite struct BrokerTracerTests {
    /// Headers as a dictionary.
    private struct Headers: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }

    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

    private func tracer(_ queue: SpanQueue, sample: Double = 1, random: [UInt64] = []) -> BrokerTracer {
        let numbers = Numbers(random)
        return BrokerTracer(.init(queue: queue, sample: sample, now: { numbers.now() }, random: { numbers.next() }))
    }

    private final class Numbers: Sendable {
        private let state: Mutex<(random: [UInt64], now: UInt64)>
        init(_ random: [UInt64]) { state = Mutex((random, 1_000)) }
        func now() -> UInt64 {
            state.withLock {
                $0.now += 1
                return $0.now
            }
        }
        func next() -> UInt64 {
            state.withLock { $0.random.isEmpty ? UInt64.random(in: 0 ... .max) : $0.random.removeFirst() }
        }
    }

    private func context(_ tracer: BrokerTracer, _ headers: [String: String]) -> ServiceContext {
        var context = ServiceContext.topLevel
        tracer.extract(headers, into: &context, using: Headers())
        return context
    }

    private func outgoing(_ tracer: BrokerTracer, _ context: ServiceContext) -> [String: String] {
        var headers: [String: String] = [:]
        tracer.inject(context, into: &headers, using: Headers())
        return headers
    }

    @Test func aSpanContinuesTheTraceOfTheClient() throws {
        let queue = SpanQueue()
        let tracer = tracer(queue, sample: 0)
        let context = context(tracer, ["traceparent": "\(Self.parent)-01", "tracestate": "a=b"])
        let span = tracer.startSpan("GET", context: context, ofKind: .server)
        let headers = outgoing(tracer, span.context)
        let child = tracer.startSpan("exchange", context: span.context)
        child.attributes["n"] = 5
        child.setStatus(.init(code: .error))
        child.end()
        child.attributes["late"] = 6
        child.end()
        span.end()
        let spans = queue.take()
        try #require(spans.map(\.name) == ["exchange", "GET"])
        #expect(spans.allSatisfy { $0.trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736" && $0.trace.state == "a=b" })
        #expect(spans[1].parentID == "00f067aa0ba902b7" && spans[0].parentID == spans[1].trace.spanID)
        #expect(spans[0].isFailed && !spans[1].isFailed && spans[0].attributes.count == 1)
        #expect(spans[0].start > spans[1].start && spans[0].end < spans[1].end)
        #expect(
            headers == [
                "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-\(spans[1].trace.spanID)-01", "tracestate": "a=b",
            ]
        )
    }

    @Test func whatTheClientDoesNotRecordIsNotRecorded() {
        let queue = SpanQueue()
        let tracer = tracer(queue, sample: 1)
        let span = tracer.startSpan("GET", context: context(tracer, ["traceparent": "\(Self.parent)-00"]))
        #expect(!span.isRecording)
        span.attributes["a"] = "b"
        span.end()
        #expect(queue.take().isEmpty)
        let headers = outgoing(tracer, span.context)
        #expect(headers["traceparent"]?.hasPrefix("00-4bf92f3577b34da6a3ce929d0e0e4736-") == true)
        #expect(headers["traceparent"]?.hasSuffix("-00") == true)
        #expect(headers["traceparent"]?.contains("00f067aa0ba902b7") == false)
    }

    @Test(arguments: [[:], ["traceparent": "nonsense", "tracestate": "a=b"], ["tracestate": "a=b"]])
    func withoutAClientsTraceANewOneBegins(headers: [String: String]) throws {
        let queue = SpanQueue()
        let tracer = tracer(queue)
        tracer.startSpan("GET", context: context(tracer, headers)).end()
        tracer.startSpan("GET", context: context(tracer, headers)).end()
        let spans = queue.take()
        try #require(spans.count == 2)
        #expect(spans[0].trace.traceID != spans[1].trace.traceID)
        #expect(spans.allSatisfy { $0.parentID == nil && $0.trace.state.isEmpty })
        #expect(spans.allSatisfy { TraceContext(parent: $0.trace.parent) == $0.trace })
    }

    @Test(arguments: [
        (0.0, UInt64.min, false), (1.0, .max, true), (0.5, 1 << 63, false), (0.5, (1 << 63) - 1, true),
        (0.1, 1 << 60, true),
        (0.1, 1 << 61, false),
    ])
    func aPartOfNewTracesIsRecorded(sample: Double, random: UInt64, isRecorded: Bool) {
        let queue = SpanQueue()
        // The last number decides.
        let span = tracer(queue, sample: sample, random: [1, 2, 3, random]).startSpan("GET", context: .topLevel)
        #expect(span.isRecording == isRecorded)
    }

    @Test func whereNothingIsRecordedATraceIsPassedOnAsItIsAndNoneBegins() {
        let tracer = BrokerTracer.passingOn
        let span = tracer.startSpan(
            "GET",
            context: context(tracer, ["traceparent": "\(Self.parent)-01", "tracestate": "a=b"])
        )
        #expect(!span.isRecording)
        #expect(outgoing(tracer, span.context) == ["traceparent": "\(Self.parent)-01", "tracestate": "a=b"])
        #expect(outgoing(tracer, tracer.startSpan("GET", context: .topLevel).context).isEmpty)
    }

    @Test func whatFindsNoRoomIsCounted() {
        let queue = SpanQueue()
        let tracer = tracer(queue)
        for _ in 0..<(SpanQueue.mostWaiting + 7) { tracer.startSpan("GET", context: .topLevel).end() }
        #expect(queue.takeLost() == 7 && queue.takeLost() == 0)
        #expect(queue.take().count == SpanQueue.batch)
        queue.lose(3)
        #expect(queue.takeLost() == 3)
        var count = 0
        while case let batch = queue.take(), !batch.isEmpty { count += batch.count }
        #expect(count == SpanQueue.mostWaiting - SpanQueue.batch)
    }

    @Test func anErrorTellsItsTypeAlone() throws {
        struct Fault: Error { let secret = "s3cret" }
        let queue = SpanQueue()
        let tracer = tracer(queue)
        #expect(throws: Fault.self) { try tracer.withSpan("x") { _ in throw Fault() } }
        let document = String(
            decoding: try OTLPDocument(queue.take(), version: "1", instance: "i").bytes(),
            as: UTF8.self
        )
        #expect(document.contains("Fault") && !document.contains("s3cret"))
    }
}
