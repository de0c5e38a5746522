import IBMCloud
import Instrumentation
import Testing
import TokenBroker
import TraceExport

/// The trace of whoever asks goes to IBM with each call.
@Suite struct TraceHeaderTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    /// What two services receive while `parent` and `state` are what a client sent.
    private func received(
        _ spans: SpanSource,
        parent: [String],
        state: [String] = []
    ) async throws -> [ReceivedRequest] {
        try await ScriptedServer.run([Answers.identityToken(), Answers.iamToken]) { server in
            let client = try IBMCloudClient(
                configuration: try World.configuration(port: server.port),
                spans: spans,
                now: { World.now }
            )
            let context = spans.incoming(parent: parent, state: state)
            do {
                try await ServiceContext.withValue(context) {
                    let identity = try await client.vpcIdentity.identityToken()
                    _ = try await client.vpcIdentity.exchange(identity, for: try World.profile())
                }
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
            return server.requests
        }
    }

    @Test func aTraceIsPassedOnWithItsState() async throws {
        let requests = try await received(
            SpanSource(BrokerTracer.passingOn),
            parent: [Self.parent],
            state: ["a=b", "c=d"]
        )
        #expect(requests.count == 2)
        #expect(requests.allSatisfy { $0.header("traceparent") == Self.parent && $0.header("tracestate") == "a=b,c=d" })
    }

    @Test(arguments: [[], ["nonsense"], [parent, parent], ["\(parent)-more"]])
    func whatIsNoTraceIsNotPassedOn(parent: [String]) async throws {
        let requests = try await received(SpanSource(BrokerTracer.passingOn), parent: parent, state: ["a=b"])
        #expect(requests.count == 2)
        #expect(requests.allSatisfy { $0.header("traceparent") == nil && $0.header("tracestate") == nil })
    }

    @Test func withoutATracerNothingIsPassedOn() async throws {
        let requests = try await received(.none, parent: [Self.parent])
        #expect(requests.count == 2 && requests.allSatisfy { $0.header("traceparent") == nil })
    }
}
