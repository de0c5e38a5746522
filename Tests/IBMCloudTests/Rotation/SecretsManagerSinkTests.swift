import Foundation
import IBMCloud
import JOSE
import KeyRotation
import Testing

@Suite struct SecretsManagerSinkTests {
    private static let material = KeyMaterial(["api_key": Redacted(KeyWorld.value), "id": Redacted("quote\"d")])

    private static func key() throws -> PublishedKey {
        PublishedKey(plan: try KeyWorld.plan(), rotation: RotationID(0xABC), id: KeyID("key"), material: material)
    }

    private static func run(
        _ form: SecretSinkTarget.Form,
        _ replies: Reply...,
        body: (any KeySink, ScriptedServer) async throws -> Void
    ) async throws {
        try await ScriptedServer.run(replies) { server in
            try await World.withClient(try World.configuration(port: server.port)) { client in
                let sink = try client.secretsManagerSink(
                    for: SecretSinkTarget(url: "http://127.0.0.1:\(server.port)", id: "8b7a6f5e", form: form),
                    token: { .success(Redacted(KeyWorld.bearer)) }
                )
                try await body(sink, server)
            }
        }
    }

    private static func version(_ id: String, _ content: String, metadata: String = "{}") -> Reply {
        .json(200, SecretVersionsTests.version(id, content: ",\(content)", metadata: metadata))
    }

    @Test(arguments: [
        (SecretSinkTarget.Form.field("api_key"), #""payload":"old""#, #""payload":"\#(KeyWorld.value)""#),
        (.document, #""payload":"{}""#, #""payload":"{\"api_key\":\"\#(KeyWorld.value)\",\"id\":\"quote\\\"d\"}""#),
        (
            .members, #""data":{"id":"old","n":1.50,"other":"stays"}"#,
            #""data":{"id":"quote\"d","n":1.50,"other":"stays","api_key":"\#(KeyWorld.value)"}"#
        ),
    ])
    func aKeyBecomesAVersionThatIsReadBack(form: SecretSinkTarget.Form, old: String, new: String) async throws {
        try await Self.run(
            form,
            Self.version("v1", old),
            Self.version("v2", new),
            Self.version("v2", new),
            Self.version("v2", new)
        ) { sink, server in
            guard case .holds(let print) = try await sink.perform(.publish(try Self.key())) else {
                Issue.record("it is published")
                return
            }
            #expect(print.text.hasPrefix("v2/"))
            #expect(!print.text.contains(World.secret))
            #expect(
                server.requests[1].body
                    == #"{\#(new),"version_custom_metadata":{"iam_broker":"\#(KeyWorld.nameText)"}}"#
            )
            // Once more: it is there, so nothing is written.
            #expect(try await sink.perform(.publish(try Self.key())) == .holds(print))
            #expect(server.requests.map { $0.line.prefix { $0 != " " } } == ["GET", "POST", "GET", "GET"])
        }
    }

    @Test func theOrderOfMembersIsNoDifference() async throws {
        try await Self.run(
            .members,
            Self.version("v2", #""data":{"api_key":"\#(KeyWorld.value)","a":1,"id":"quote\u0022d"}"#)
        ) { sink, server in
            guard case .holds = try await sink.perform(.publish(try Self.key())) else {
                Issue.record("it is there")
                return
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func whatDoesNotReadBackIsNotPublished() async throws {
        try await Self.run(
            .field("api_key"),
            Self.version("v1", #""payload":"old""#),
            Self.version("v2", #""payload":"x""#),
            Self.version("v3", #""payload":"\#(World.secret)""#)
        ) { sink, _ in
            guard case .differs(let text) = try await sink.perform(.publish(try Self.key())) else {
                Issue.record("it differs")
                return
            }
            #expect(!text.contains(World.secret))
        }
    }

    @Test(arguments: [
        (403, true), (404, true), (412, true), (400, true), (401, false), (429, false), (500, false),
    ])
    func aRefusalIsAFault(status: Int, isLasting: Bool) async throws {
        try await Self.run(
            .field("api_key"),
            Self.version("v1", #""payload":"old""#),
            .json(status, #"{"errors":[{"code":"c","message":"\#(World.secret)"}]}"#)
        ) { sink, _ in
            guard case .fault(let fault) = try await sink.perform(.publish(try Self.key())) else {
                Issue.record("it is a fault")
                return
            }
            #expect(fault.isLasting == isLasting)
            #expect(!fault.message.contains(World.secret))
            #expect(fault.message.contains("8b7a6f5e"))
        }
    }

    @Test func aFieldThatTheKeyDoesNotHaveIsAFault() async throws {
        try await Self.run(.field("password"), Self.version("v1", #""payload":"old""#)) { sink, server in
            guard case .fault(let fault) = try await sink.perform(.publish(try Self.key())) else {
                Issue.record("it is a fault")
                return
            }
            #expect(fault.isLasting)
            #expect(fault.message.contains("password"))
            #expect(server.requests.count == 1)
        }
    }

    /// Whoever wrote meanwhile is not overwritten, and what is his is not wiped.
    @Test func theVersionOfSomebodyElseStays() async throws {
        let other = Self.version("v9", #""payload":"other""#)
        try await Self.run(.field("api_key"), other, other, other) { sink, server in
            let print = SinkPrint(rotation: RotationID(0xABC), text: "v2/00")
            guard case .differs = try await sink.perform(.restore(print)),
                case .differs = try await sink.perform(.inspect(print))
            else {
                Issue.record("it differs")
                return
            }
            #expect(try await sink.perform(.forget(print)) == .done)
            #expect(server.requests.allSatisfy { $0.line.hasPrefix("GET ") })
            #expect(server.requests.count == 3)
        }
    }

    @Test func aKeyThatWasThereBeforeReplacedNothing() async throws {
        let version = Self.version(
            "v2",
            #""payload":"\#(KeyWorld.value)""#,
            metadata: #"{"iam_broker":"iam-broker.reports.0000000000000001"}"#
        )
        try await Self.run(.field("api_key"), version, version) { sink, _ in
            guard case .holds(let print) = try await sink.perform(.publish(try Self.key())),
                case .differs(let text) = try await sink.perform(.restore(print))
            else {
                Issue.record("nothing is restored")
                return
            }
            #expect(text.contains("before"))
        }
    }

    /// The process died in a publication: whether a version was made, the secret itself tells.
    @Test(arguments: [false, true])
    func whatAPublicationWithoutAnAnswerMadeIsTakenBackAndNothingElse(wasMade: Bool) async throws {
        let current = Self.version(
            "v2",
            #""payload":"now""#,
            metadata: wasMade ? #"{"iam_broker":"\#(KeyWorld.nameText)"}"# : "{}"
        )
        let previous = Self.version("v1", #""payload":"before""#)
        let restored = Self.version("v3", #""payload":"before""#)
        try await Self.run(.field("api_key"), current, previous, restored, restored) { sink, server in
            let rotation = try Self.key().rotation
            let answer = try await sink.perform(.restore(SinkPrint(rotation: rotation, text: "")))
            guard case .holds(let print) = answer else {
                Issue.record("it is as it should be: \(answer)")
                return
            }
            #expect(print.text.hasPrefix(wasMade ? "v3/" : "v2/"))
            #expect(server.requests.count == (wasMade ? 4 : 1))
        }
    }

    @Test func aLockIsNotForced() async throws {
        try await Self.run(
            .field("api_key"),
            Self.version("v2", #""x":1"#),
            .json(200, SecretVersionsTests.version("v1", alias: "previous")),
            .json(200, SecretVersionsTests.version("v1", alias: "previous")),
            .json(412, "{}")
        ) { sink, _ in
            let print = SinkPrint(rotation: RotationID(0xABC), text: "v2/00")
            guard case .fault(let fault) = try await sink.perform(.forget(print)) else {
                Issue.record("it is a fault")
                return
            }
            #expect(fault.isLasting)
            #expect(fault.message.contains("lock"))
        }
    }

    /// The key in it is gone by then; the next version takes its place.
    @Test(arguments: [400, 404, 405])
    func aVersionThatIsNotWipedHoldsNothingUp(status: Int) async throws {
        let previous = Reply.json(200, SecretVersionsTests.version("v1", alias: "previous"))
        try await Self.run(
            .field("api_key"),
            .json(200, SecretVersionsTests.version("v2")),
            previous,
            previous,
            .json(status, "{}")
        ) { sink, server in
            let print = SinkPrint(rotation: RotationID(0xABC), text: "v2/held")
            let answer = try await sink.perform(.forget(print))
            #expect(answer == .done)
            #expect(server.requests.last?.line.hasPrefix("DELETE ") == true)
        }
    }
}
