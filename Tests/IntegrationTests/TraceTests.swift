import CloudSimulator
import Foundation
import Testing

/// Traces of requests, from the client to IBM, and the spans that a collector gets.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    /// A span as the receiver prints it.
    private struct Received: Decodable {
        let service, trace, span, parent, state, name: String
        let kind, status, duration: Int
        let attributes: [String: Value]

        enum Value: Decodable, Equatable {
            case text(String)
            case number(Int)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Int.self) {
                    self = .number(number)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }
    }

    private func spans(_ receiver: ServerProcess) throws -> [Received] {
        let lines = receiver.log.text.split(separator: "\n").filter { $0.hasPrefix("{") }
        return try lines.map { try JSONDecoder().decode(Received.self, from: Data($0.utf8)) }
    }

    private func run(
        failures: Int = 0,
        sample: String = "1.0",
        _ body: (World, ServerProcess) async throws -> Void
    ) async throws {
        let receiver = try await ServerProcess(client: "otlp_receiver.py", ["\(failures)"])
        var setup = Setup()
        setup.log = "tracing: { url: \"http://127.0.0.1:\(try receiver.port)/v1/traces\", sample: \(sample) }"
        try await World.run(setup) { try await body($0, receiver) }
        #expect(!receiver.log.text.contains("refused"), "\(receiver.log.text)")
        let isLeaked = receiver.log.text.contains("eyJ")
        #expect(!isLeaked, "a span holds a token")
    }

    private func ask(_ world: World, _ target: String, _ fields: [String]) async throws -> Reply {
        try await blocking {
            let connection = try Connection(world.workload)
            let lines = ["GET \(target) HTTP/1.1", "Host: localhost"] + fields
            try connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
            return try #require(try connection.receive(), "the daemon closed without an answer")
        }
    }

    @Test func aCollectorGetsTheSpansOfARequestInTheTraceOfItsClient() async throws {
        try await run(failures: 1, sample: "0") { world, receiver in
            let fields = ["traceparent: 00-\(Self.trace)-\(Self.span)-01", "tracestate: a=b"]
            let reply = try await ask(world, "/v1/token?profile=reports", fields)
            try world.expectToken(reply)
            try await receiver.log.wait(for: #""name": "GET /v1/token""#)
            try await receiver.log.wait(for: #""name": "token verification""#)
            let spans = try spans(receiver)
            #expect(spans.allSatisfy { $0.trace == Self.trace && $0.state == "a=b" && $0.service == "iam-broker" })
            #expect(spans.allSatisfy { $0.duration >= 0 })
            #expect(Set(spans.map(\.span)).count == spans.count)
            let request = try #require(spans.first { $0.name == "GET /v1/token" })
            #expect(request.parent == Self.span && request.kind == 2)
            #expect(request.attributes["http.response.status_code"] == .number(200))
            #expect(request.attributes["http.route"] == .text("/v1/token"))
            let decision = try #require(spans.first { $0.name == "policy decision" })
            #expect(decision.parent == request.span && decision.kind == 1)
            #expect(decision.attributes["iam_broker.outcome"] == .text("permitted"))
            let exchange = try #require(spans.first { $0.name == "token exchange" })
            let calls = spans.filter { $0.kind == 3 }
            #expect(calls.contains { $0.parent == exchange.span && $0.name == "POST" })
            #expect(spans.contains { $0.name == "key set fetch" } && calls.count >= 3)
            let all = Set(spans.map(\.span)).union([Self.span])
            #expect(spans.allSatisfy { all.contains($0.parent) })
            // What is at hand takes the long way, too, when it is traced.
            #expect(try await ask(world, "/v1/token?profile=reports", fields).status == 200)
            try await world.daemon.log.wait(for: "trace=\(Self.trace)")
        }
    }

    @Test func aRefusalIsTracedWithItsDecision() async throws {
        try await run { world, receiver in
            let reply = try await ask(world, "/v1/token?profile=locked", ["X-Request-Id: mine"])
            #expect(reply.status == 403)
            try await receiver.log.wait(for: #""name": "GET /v1/token""#)
            let decision = try #require(try spans(receiver).first { $0.name == "policy decision" })
            guard case .text(let id) = decision.attributes["iam_broker.decision"] else {
                Issue.record("the span does not tell its decision")
                return
            }
            #expect(reply.body.contains(id))
            #expect(decision.attributes["iam_broker.outcome"] == .text("denied"))
        }
    }

    @Test func whatIsNotSampledIsNotSent() async throws {
        try await run(sample: "0") { world, receiver in
            try world.expectToken(try await ask(world, "/v1/token?profile=reports", ["X-Strict: 1"]))
            let fields = ["traceparent: 00-\(Self.trace)-\(Self.span)-00"]
            try world.expectToken(try await ask(world, "/v1/token?profile=reports", fields))
            // The next that is: nothing comes before it.
            let last = ["traceparent: 00-\(Self.trace)-\(Self.span)-01"]
            try world.expectToken(try await ask(world, "/v1/token?profile=reports", last))
            try await receiver.log.wait(for: #""name": "GET /v1/token""#)
            #expect(try spans(receiver).count { $0.name == "GET /v1/token" } == 1)
        }
    }

    @Test func withoutACollectorTokensComeAllTheSame() async throws {
        var setup = Setup()
        // A port at which nothing listens, and nothing answers.
        setup.log = "tracing: { url: \"http://127.0.0.1:9/v1/traces\" }"
        try await World.run(setup) { world in
            for _ in 0..<50 {
                try world.expectToken(try await ask(world, "/v1/token?profile=reports", ["X-Strict: 1"]))
            }
        }
    }
}
