import Foundation
import Testing

@Suite struct MetadataPagesTests {
    /// Answers the page `start`, by its JSON.
    private static func pages(_ page: @escaping @Sendable (_ start: String) -> String) -> ScriptedServer.Answers {
        { request in
            guard request.line.hasPrefix("GET ") else { return MetadataAnswers.identityToken }
            let start = request.target.split(separator: "&").first { $0.hasPrefix("start=") }
            return .answer("200 OK", page(start.map { String($0.dropFirst(6)) } ?? ""))
        }
    }

    private static func page(_ ids: [String], next: String?) -> String {
        let entries = ids.map { #"{"id":"\#($0)"}"# }.joined(separator: ",")
        let next = next.map { #","next":{"href":"http://evil.example/x?limit=2&start=\#($0)"}"# } ?? ""
        return #"{"first":{"href":"x"},"limit":2,"placement_groups":[\#(entries)],"total_count":3\#(next)}"#
    }

    private func run(_ answers: @escaping ScriptedServer.Answers) async throws -> (CommandRun, ScriptedServer) {
        try await ScriptedServer.onSocket(answers) { socket, server in
            (try await CommandRun("metadata", "placement-groups", "--json", "--socket", socket), server)
        }
    }

    @Test func pagesAreReadWhereTheFirstWasAndPutTogether() async throws {
        let (run, server) = try await run(
            Self.pages { $0.isEmpty ? Self.page(["a", "b"], next: "p%2F2") : Self.page(["c"], next: nil) }
        )
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output == #"{"placement_groups":[{"id":"a"},{"id":"b"},{"id":"c"}],"total_count":3}"# + "\n")
        #expect(server.lines.last == "GET /metadata/v1/placement_groups?version=2025-08-26&start=p%2F2 HTTP/1.1")
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        (page(["a"], next: "same"), "leads back", 3), (page(["a"], next: ""), "where it starts", 2),
        (#"{"placement_groups":[],"next":{"href":"http://x/"}}"#, "where it starts", 2),
        (#"{"placement_groups":[],"next":"x"}"#, "where it starts", 2),
        (#"{"placement_groups":{}}"#, "not in the answer", 2),
        (page(Array(repeating: "a", count: 10_001), next: nil), "more than 10000 entries", 2),
    ])
    func hostilePagesEndTheCommand(page: String, message: String, requests: Int) async throws {
        let (run, server) = try await run(Self.pages { _ in page })
        #expect(run.exitCode == 69)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(server.requests.count == requests)
    }

    @Test func pagesWithoutEndAreGivenUp() async throws {
        let (run, server) = try await run(Self.pages { Self.page(["a"], next: "\((Int($0) ?? 0) + 1)") })
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("more than 100 pages"), "\(run.errors)")
        #expect(server.requests.count == 101)
    }

    @Test func pagesTogetherAreBoundedToo() async throws {
        let padding = String(repeating: " ", count: 4_000_000)
        let (run, server) = try await run(Self.pages { Self.page(["a"], next: "\((Int($0) ?? 0) + 1)") + padding })
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("larger than 64 MiB"), "\(run.errors)")
        #expect(server.requests.count == 18)
    }
}
