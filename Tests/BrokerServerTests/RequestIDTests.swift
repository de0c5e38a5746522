import BrokerAPI
import Logging
import NIOHTTP1
import Testing

@testable import BrokerServer

/// What a request is called in its answer and in the log.
@Suite(.timeLimit(.minutes(2)))
struct RequestIDTests {
    @Test(arguments: ["a", "0F-1_2.3", String(repeating: "x", count: 64)])
    func aNameThatTheClientChoseComesBack(name: String) async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let answer = try await world.ask(get("/v1/token?profile=reports", ["X-Request-Id: \(name)"]))
            #expect(answer.status == 200 && answer["X-Request-Id"] == [name])
            let refusal = try await world.ask(get("/v1/token?profile=backups", ["X-Request-Id: \(name)"]))
            #expect(refusal.status == 403 && refusal["X-Request-Id"] == [name])
        }
    }

    @Test(arguments: [
        [], ["X-Request-Id:"], ["X-Request-Id: a b"], ["X-Request-Id: a\"b"], ["X-Request-Id: é"],
        ["X-Request-Id: a=b"],
        ["X-Request-Id: \(String(repeating: "x", count: 65))"], ["X-Request-Id: a", "X-Request-Id: b"],
    ])
    func everythingElseGetsANameOfItsOwn(fields: [String]) async throws {
        let world = try World()
        try await world.serving {
            let path = "/metadata/v1/instance?version=2025-08-26"
            let answers = [try await world.ask(get(path, fields)), try await world.ask(get(path, fields))]
            let names = answers.flatMap { $0["X-Request-Id"] }
            #expect(names.count == 2 && names[0] != names[1])
            #expect(names.allSatisfy { $0.firstMatch(of: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) != nil })
            // Only who chose a name is told of it.
            #expect(try await world.ask(get("/v1/profiles", fields)).fields.allSatisfy { $0.name != "X-Request-Id" })
        }
    }

    @Test func theHotPathKnowsNoNames() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let answer = try await world.ask(hotRequest)
            #expect(answer.status == 200 && answer["X-Request-Id"].isEmpty)
        }
    }

    @Test func errorsInIBMsShapesSayTheSameNameInTheirBodies() async throws {
        let world = try World()
        try await world.serving {
            let answer = try await world.ask(get("/metadata/v1/instance?version=2025-08-26", ["X-Request-Id: mine"]))
            #expect(answer.status >= 400 && answer["X-Request-Id"] == ["mine"])
            #expect(answer.body.contains(#""trace":"mine""#))
        }
    }

    @Test func linesThatARequestCausesNameIt() async throws {
        let world = try World()
        let pipeline = try await TestPipeline(world) { _ in
            let provided = Logger.MetadataProvider.request.get()
            // What it starts speaks for it, too.
            let inherited = await Task { Logger.MetadataProvider.request.get() }.value
            return Response(.notFound, "\(provided == inherited ? "\(provided)" : "")")
        }
        try await pipeline.receive(get("/", ["X-Request-Id: mine"]))
        #expect(try await pipeline.answer().body.contains(#"[\"request\": mine]"#))
        #expect(Logger.MetadataProvider.request.get().isEmpty)
    }
}
