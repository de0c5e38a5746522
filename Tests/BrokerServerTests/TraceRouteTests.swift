import InMemoryTracing
import Testing
import TokenBroker
import Tracing

@testable import BrokerServer

/// Requests that are traced, and what a collector sees of what clients ask for.
@Suite(.timeLimit(.minutes(2)))
struct TraceRouteTests {
    @Test func aTracedRequestForATokenAtHandTakesTheLongWay() async throws {
        let world = try World()
        try await world.warm()
        let trace = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        try await world.serving {
            let answer = try await world.ask(get("/v1/token?profile=reports", [trace, "X-Request-Id: mine"]))
            #expect(answer.status == 200 && answer["X-Request-Id"] == ["mine"])
            #expect(answer.body == (try world.tokenBody()))
        }
    }

    /// The span of one request, and the names of those within it.
    private func spans(_ request: String) async throws -> (FinishedInMemorySpan, within: [String]) {
        let tracer = InMemoryTracer()
        let spans = SpanSource(tracer)
        let world = try World(spans: spans)
        try await world.serving { _ = try await world.ask(request) }
        let server = try #require(tracer.finishedSpans.first { $0.kind == .server })
        let within = tracer.finishedSpans.filter { $0.parentSpanID == server.spanID }
        return (server, within.map(\.operationName))
    }

    @Test(arguments: [
        (get("/v1/token?profile=reports&min_ttl=5", ["X-Strict: 1"]), "GET /v1/token", 200),
        (get("/v1/token?profile=backups"), "GET /v1/token", 403), (get("/v1/profiles"), "GET /v1/profiles", 200),
        (get("/eyJhbGciOi.eyJzZWNyZXQ.c2ln?a=eyJz"), "GET", 404),
        (request("PROPFIND", "/v1/profiles"), "HTTP /v1/profiles", 405),
        (get("/v1/bound/reports/secret"), "GET /v1/bound/{profile}/{path}", 404),
        (get("/metadata/v1/secret?version=2025-08-26"), "GET /metadata/v1/{path}", 401),
    ])
    func aSpanIsNamedByARouteAndNothingThatAClientMadeUp(request: String, name: String, status: Int) async throws {
        let (span, _) = try await spans(request)
        #expect(span.operationName == name)
        #expect(span.attributes["http.response.status_code"]?.toSpanAttribute() == .int64(Int64(status)))
        var texts = ""
        // swift-format-ignore: ReplaceForEachWithForLoop, because attributes are no sequence
        span.attributes.forEach { texts += "\($0) \($1) " }
        #expect(["eyJ", "secret", "PROPFIND"].allSatisfy { !texts.contains($0) })
        #expect((span.status?.code == .error) == (status >= 500))
    }

    @Test func aDecisionIsWithinItsRequest() async throws {
        #expect(try await spans(get("/v1/token?profile=backups")).within == ["policy decision"])
    }
}
