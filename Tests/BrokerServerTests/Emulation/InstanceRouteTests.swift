import AccessPolicy
import BrokerTesting
import Glibc
import Testing
import TokenBroker

@testable import BrokerServer

/// What the emulation tells of the instance.
@Suite(.timeLimit(.minutes(2)))
struct InstanceRouteTests {
    private static let initialization = #"{"keys":[],"password":{"encrypted_password":"p"},"user_data":"#
    private let metadata = ScriptedMetadata([
        "instance": #"{"id":"one"}"#, "instance/volume_attachments": #"{"volume_attachments":[]}"#,
        "instance/initialization": initialization + #""secret"}"#, "keys": #"{"keys":[]}"#,
    ])

    private func run(_ terms: String, _ body: (EmulationWorld) async throws -> Void) async throws {
        let world = try World()
        let grants = """
            version: 1
            grants:
              - { name: metadata, workloads: [{ uid: \(getuid()) }], \(terms) }
            """
        world.policy.replace(with: try World.policy(grants), now: world.time.now.wall)
        try await EmulationWorld.run(world, instance: metadata.access(time: world.time), body)
    }

    private func get(_ path: String, _ emulation: EmulationWorld, _ query: String = "") async throws -> WireAnswer {
        let fields = ["Authorization: Bearer \(try await emulation.session())"]
        let target = "/metadata/v1/\(path)?version=2025-08-26\(query)"
        return try await emulation.ask(emulation.request("GET", target, fields))
    }

    private func decisions(_ emulation: EmulationWorld) -> [AuditedResourceDecision] {
        emulation.world.audit.events.compactMap { event in
            guard case .resourceDecided(let decision) = event else { return nil }
            return decision
        }
    }

    @Test(arguments: [
        ("[instance]", "instance", 200), ("[instance]", "instance/volume_attachments", 200),
        ("[instance]", "instance/volume_attachments/none", 404), ("[instance]", "instance/initialization", 403),
        ("[instance]", "keys", 403), ("[instance]", "instances", 403), ("[keys]", "instance", 403),
        ("[instance/volume_attachments]", "instance", 403), ("[instance]", "instance/../keys", 404),
        ("[instance]", "instance/%2e%2e/keys", 404), ("[instance]", "INSTANCE", 404),
        ("[user_data]", "instance/initialization", 403), ("[user_data]", "user_data", 403),
        ("[instance/initialization]", "instance/initialization", 200),
    ])
    func aPathIsReadByThoseWhomAGrantNamesItFor(granted: String, path: String, status: Int) async throws {
        try await run("metadata: \(granted)") { emulation in
            let answer = try await get(path, emulation)
            #expect(answer.status == status)
        }
    }

    @Test func userDataAndPasswordAreToldOnlyWhenNamed() async throws {
        try await run("metadata: [instance/initialization]") { emulation in
            let answer = try await get("instance/initialization", emulation)
            #expect(answer.body == #"{"keys":[]}"#)
            // Nothing was refused to anybody.
            let audited = decisions(emulation)
            #expect(audited.map(\.resource) == [.metadata(path: "instance/initialization")])
            #expect(audited.first?.outcome == .permitted(grant: "metadata"))
        }
        try await run("metadata: [instance/initialization, user_data]") { emulation in
            let answer = try await get("instance/initialization", emulation)
            #expect(answer.body == Self.initialization + #""secret"}"#)
            let audited = decisions(emulation)
            #expect(audited.map(\.resource) == [.metadata(path: "instance/initialization"), .userData])
            #expect(audited.allSatisfy { $0.outcome == .permitted(grant: "metadata") })
        }
    }

    @Test func anAnswerIsKeptForAMinuteAndAsksAgainAfterwards() async throws {
        try await run("metadata: [keys]") { emulation in
            for _ in 0..<3 {
                let answer = try await get("keys", emulation)
                #expect(answer.status == 200)
            }
            #expect(metadata.queries.count == 1)
            emulation.world.time.advance(by: .seconds(60))
            let later = try await get("keys", emulation)
            #expect(later.status == 200)
            #expect(metadata.queries.count == 2)
        }
    }

    @Test func aPageIsAskedForAsTheCallerNamesIt() async throws {
        try await run("metadata: [keys]") { emulation in
            let page = try await get("keys", emulation, "&start=abc%3D&limit=7")
            #expect(page.status == 200)
            #expect(metadata.queries == [.init(path: "keys", start: "abc%3D", limit: 7)])
            for query in ["&limit=0", "&limit=101", "&limit=a", "&start=", "&start=a/b", "&other=1"] {
                let refused = try await get("keys", emulation, query)
                #expect(refused.status == 400)
            }
        }
    }

    @Test func whatIsNoPathIsNotRecorded() async throws {
        try await run("metadata: [keys]") { emulation in
            let answer = try await get(String(repeating: "a", count: 4_000), emulation)
            #expect(answer.status == 404)
            #expect(answer.body.utf8.count < 512)
            #expect(emulation.world.audit.events.isEmpty)
        }
    }

    @Test func theLockOfAllEndsWhatTheInstanceTellsAndSigns() async throws {
        try await run("metadata: [keys], certificates: true") { emulation in
            let kept = try await get("keys", emulation)
            #expect(kept.status == 200)
            _ = try await emulation.world.broker.lock(nil, by: 0)
            let fields = ["Authorization: Bearer \(try await emulation.session())"]
            let target = "/identity/v1/certificates?version=2025-08-26"
            let body = #"{"csr":"-----BEGIN CERTIFICATE REQUEST-----"}"#
            let certificate = try await emulation.ask(emulation.request("POST", target, fields, body: body))
            for answer in [certificate, try await get("keys", emulation)] {
                #expect(answer.status == 403)
                #expect(answer.body.contains("everything has been locked by an operator since"))
            }
            _ = try await emulation.world.broker.unlock(nil, by: 0)
            let again = try await get("keys", emulation)
            #expect(again.status == 200)
        }
    }

    @Test func aLoopCannotFillTheAuditLog() async throws {
        try await run("metadata: [keys]") { emulation in
            let session = try await emulation.session()
            let fields = ["Authorization: Bearer \(session)"]
            let request = emulation.request("GET", "/metadata/v1/keys?version=2025-08-26", fields)
            var statuses: [Int] = []
            for _ in 0..<25 { statuses.append(try await emulation.ask(request).status) }
            // The clock stands still.
            #expect(statuses == Array(repeating: 200, count: 20) + Array(repeating: 429, count: 5))
            emulation.world.time.advance(by: .seconds(1))
            let later = try await emulation.ask(request)
            #expect(later.status == 200)
        }
    }

    @Test func aRefusalIsAuditedAndCanBeExplained() async throws {
        try await run("metadata: [keys]") { emulation in
            let answer = try await get("instance", emulation)
            let events = decisions(emulation)
            let id = try #require(events.first?.id)
            #expect(events.first?.outcome == .denied(reason: "no grant gives metadata instance to anybody"))
            #expect(answer.body.contains("iam-broker explain \(id)"))
            #expect(emulation.world.gate.decisions.record(id) != nil)
        }
    }

    @Test(arguments: [
        ("certificates: true", #"{"csr":"-----BEGIN CERTIFICATE REQUEST-----"}"#, 200),
        ("certificates: true", #"{"csr":"-----BEGIN CERTIFICATE REQUEST-----","expires_in":300}"#, 200),
        ("certificates: true", #"{"csr":"-----BEGIN CERTIFICATE REQUEST-----","expires_in":299}"#, 400),
        ("certificates: true", #"{"csr":"-----BEGIN CERTIFICATE REQUEST----- bad"}"#, 400),
        ("certificates: true", #"{"csr":"text"}"#, 400), ("certificates: true", "{}", 400),
        ("certificates: true", "", 400),
        ("certificates: true", #"{"csr":"-----BEGIN CERTIFICATE REQUEST-----","other":1}"#, 400),
        ("certificates: false, metadata: [instance]", #"{"csr":"-----BEGIN CERTIFICATE REQUEST-----"}"#, 403),
    ])
    func aCertificateIsSignedForThoseWhomAGrantAllowsIt(terms: String, body: String, status: Int) async throws {
        try await run(terms) { emulation in
            let fields = ["Authorization: Bearer \(try await emulation.session())"]
            let target = "/identity/v1/certificates?version=2025-08-26"
            let answer = try await emulation.ask(emulation.request("POST", target, fields, body: body))
            #expect(answer.status == status)
            #expect(answer.body.contains("BEGIN CERTIFICATE") == (status == 200))
        }
    }
}
