import Foundation
import IBMCloud
import JOSE
import KeyRotation
import Testing

@Suite struct SecretVersionsTests {
    private static let id = KeyID("9e8d7c6b")
    private static let path = "/api/v2/secrets/8b7a6f5e"

    static func version(
        _ id: String = id.rawValue,
        alias: String? = "current",
        isAvailable: Bool = true,
        content: String = "",
        metadata: String = "{}"
    ) -> String {
        let alias = alias.map { #""alias":"\#($0)","# } ?? ""
        return #"{"id":"\#(id)",\#(alias)"created_at":"2026-09-01T10:00:00Z","payload_available":\#(isAvailable),"#
            + #""version_custom_metadata":\#(metadata)\#(content)}"#
    }

    private static let kinds: [(SecretTarget.Kind, String, String, String)] = [
        (.arbitrary, "value", #","payload":"\#(KeyWorld.value)""#, #""payload":"\#(KeyWorld.value)""#),
        (
            .usernamePassword, "password", #","username":"app","password":"\#(KeyWorld.value)""#,
            #""password":"\#(KeyWorld.value)""#
        ),
        (
            .kv, "token", #","data":{"user":"app","token":"\#(KeyWorld.value)"}"#,
            #""data":{"user":"app","n":{"a":[1, 2.50]},"token":"\#(KeyWorld.value)"}"#
        ),
    ]

    @Test(arguments: kinds)
    func aVersionIsMadeOfOurValueAndCarriesOurName(
        kind: SecretTarget.Kind,
        field: String,
        content: String,
        body: String
    ) async throws {
        let own = KeyMaterial([field: Redacted(KeyWorld.value)])
        let made = Reply.json(201, Self.version(content: content, metadata: #"{"iam_broker":"\#(KeyWorld.nameText)"}"#))
        let old = Reply.json(
            200,
            Self.version("old", content: #","data":{"user":"app","token":"o","n":{"a":[1, 2.50]}}"#)
        )
        let body = kind == .kv ? #""data":{"user":"app","token":"\#(KeyWorld.value)","n":{"a":[1, 2.50]}}"# : body
        try await ScriptedServer.run(kind == .kv ? [old, made] : [made]) { server in
            try await World.withClient(try World.configuration(port: server.port)) { client in
                let issuer = try client.issuer(
                    for: KeyWorld.Target.secret(kind, member: "token").at(server.port),
                    plan: try KeyWorld.plan(),
                    token: { .success(Redacted(KeyWorld.bearer)) },
                    verify: KeyWorld.check
                )
                let created = try #require(try await issuer.perform(.create(try KeyWorld.name(), own)).created)
                #expect(created.key.id == Self.id)
                #expect(created.key.name == KeyWorld.nameText)
                #expect(created.material == own)
                let request = try #require(server.requests.last)
                #expect(request.line == "POST \(Self.path)/versions HTTP/1.1")
                #expect(
                    request.body
                        == #"{\#(body),"version_custom_metadata":{"iam_broker":"\#(KeyWorld.nameText)"}}"#
                )
            }
        }
    }

    @Test(arguments: kinds)
    func aVersionIsVerifiedWhenConsumersGetIt(
        kind: SecretTarget.Kind,
        field: String,
        content: String,
        body: String
    ) async throws {
        let value = KeyMaterial([field: Redacted(KeyWorld.value)])
        let other = content.replacing(KeyWorld.value, with: "another")
        try await KeyWorld.withIssuer(
            of: .secret(kind, member: "token"),
            .json(200, Self.version(content: content)),
            .json(200, Self.version(content: other)),
            .json(200, Self.version("newer", content: content)),
            .json(200, Self.version(isAvailable: false))
        ) { issuer, server in
            try await KeyWorld.expectDone(issuer, .verify(Self.id, value))
            try await KeyWorld.expectFault(.notUsable, issuer, .verify(Self.id, value))
            let fault = try await KeyWorld.fault(issuer, .verify(Self.id, value))
            #expect(fault.code == .notUsable)
            #expect(fault.message.contains("consumers get newer"))
            try await KeyWorld.expectFault(.notReadable, issuer, .verify(Self.id, value))
            #expect(server.requests.first?.line == "GET \(Self.path)/versions/current HTTP/1.1")
        }
    }

    @Test func credentialsOfIAMAreMadeThereAndUsed() async throws {
        let content = #","api_key":"\#(KeyWorld.value)","service_id":"\#(KeyWorld.iamID.dropFirst(4))""#
        let version = Self.version(content: content)
        try await KeyWorld.withIssuer(
            of: .secret(.iamCredentials),
            .json(201, version),
            .json(200, version),
            KeyWorld.granted(try KeyWorld.token()),
            .json(200, version),
            KeyWorld.granted(try KeyWorld.token(of: "iam-ServiceId-other"))
        ) { issuer, server in
            let created = try #require(try await issuer.perform(.create(try KeyWorld.name(), nil)).created)
            #expect(created.material == KeyMaterial(["api_key": Redacted(KeyWorld.value)]))
            #expect(
                server.requests.first?.body
                    == #"{"version_custom_metadata":{"iam_broker":"\#(KeyWorld.nameText)"}}"#
            )
            try await KeyWorld.expectDone(issuer, .verify(Self.id, created.material))
            try await KeyWorld.expectFault(.rejected, issuer, .verify(Self.id, created.material))
        }
    }

    @Test func versionsWithoutAPayloadAreNoKeys() async throws {
        let versions = [
            Self.version("3", metadata: #"{"iam_broker":"\#(KeyWorld.nameText)"}"#),
            Self.version("2", alias: "previous"),
            Self.version("1", alias: nil, isAvailable: false),
        ]
        try await KeyWorld.withIssuer(
            of: .secret(.arbitrary),
            .json(200, #"{"versions":[\#(versions.joined(separator: ","))]}"#),
            .json(200, #"{"locks":[{"name":"a","secret_version_id":"2"},{"name":"a","secret_version_id":"3"}]}"#)
        ) { issuer, server in
            let keys = try #require(try await issuer.perform(.list).keys)
            #expect(keys.map(\.id.rawValue) == ["2", "3"])
            #expect(keys.map(\.name) == [nil, KeyWorld.nameText])
            // A lock on the current version does not keep another from being made.
            #expect(keys.map(\.isLocked) == [true, false])
            #expect(
                server.requests.map(\.line) == [
                    "GET \(Self.path)/versions HTTP/1.1", "GET \(Self.path)/locks?limit=1000 HTTP/1.1",
                ]
            )
        }
    }

    @Test func whoMayNotSeeLocksSeesVersions() async throws {
        let versions = [Self.version("3"), Self.version("2", alias: "previous")]
        try await KeyWorld.withIssuer(
            of: .secret(.arbitrary),
            .json(200, #"{"versions":[\#(versions.joined(separator: ","))]}"#),
            .json(403, "{}")
        ) { issuer, _ in
            let keys = try await issuer.perform(.list).keys
            #expect(keys?.map(\.isLocked) == [false, false])
        }
    }

    @Test func aLockOnThePreviousVersionIsTold() async throws {
        let error = #"{"status_code":412,"trace":"t","errors":[{"code":"secret_locked","message":"\#(World.secret)"}]}"#
        try await KeyWorld.withIssuer(
            of: .secret(.arbitrary),
            .json(412, error)
        ) { issuer, _ in
            let own = KeyMaterial(["value": Redacted(KeyWorld.value)])
            let fault = try await KeyWorld.fault(issuer, .create(try KeyWorld.name(), own))
            #expect(fault.code == .locked)
            #expect(fault.message.contains("secret-locks"))
        }
    }

    @Test func theCurrentVersionIsNeverWiped() async throws {
        try await KeyWorld.withIssuer(
            of: .secret(.arbitrary),
            .json(200, Self.version())
        ) { issuer, server in
            let fault = try await KeyWorld.fault(issuer, .delete(Self.id))
            #expect(fault.code == .rejected)
            #expect(fault.message.contains("consumers read"))
            #expect(server.requests.map(\.line) == ["GET \(Self.path)/versions/\(Self.id)/metadata HTTP/1.1"])
        }
    }

    @Test func aVersionIsWipedOnce() async throws {
        try await KeyWorld.withIssuer(
            of: .secret(.arbitrary),
            .json(200, Self.version(alias: "previous")),
            .raw("HTTP/1.1 204 X\r\n\r\n"),
            .json(200, Self.version(alias: "previous", isAvailable: false)),
            .json(404, "")
        ) { issuer, server in
            try await KeyWorld.expectDone(issuer, .delete(Self.id))
            #expect(server.requests.last?.line == "DELETE \(Self.path)/versions/\(Self.id)/secret_data HTTP/1.1")
            try await KeyWorld.expectFault(.notFound, issuer, .delete(Self.id))
            try await KeyWorld.expectFault(.notFound, issuer, .delete(Self.id))
        }
    }

    /// IBM's SDK names the call for few types of secrets, and not for each of their versions.
    @Test(arguments: [400, 404, 405, 501])
    func aVersionThatIsNotWipedIsToldApart(status: Int) async throws {
        for (kind, code) in [
            (SecretTarget.Kind.arbitrary, IssuerFault.Code.unsupported), (.kv, .unsupported),
            (.usernamePassword, .unsupported), (.iamCredentials, .rejected),
        ] {
            try await KeyWorld.withIssuer(
                of: .secret(kind),
                .json(200, Self.version(alias: "previous")),
                .json(status, "")
            ) { issuer, _ in
                let fault = try await KeyWorld.fault(issuer, .delete(Self.id))
                #expect(fault.code == code, "\(kind)")
                #expect(fault.message.contains("until the next version takes its place"))
                #expect(fault.message.contains("its API key works") == (kind == .iamCredentials))
            }
        }
    }

    /// Secrets Manager documents no order of its list.
    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
    func theVersionThatConsumersGetIsListedLast(order: [Int]) async throws {
        let versions = [
            Self.version("v0", alias: nil), Self.version("v1", alias: "previous"), Self.version("v2", alias: "current"),
        ]
        try await KeyWorld.withIssuer(
            of: .secret(.arbitrary),
            .json(200, #"{"versions":[\#(order.map { versions[$0] }.joined(separator: ","))]}"#),
            .json(200, #"{"locks":[]}"#)
        ) { issuer, _ in
            let keys = try await issuer.perform(.list).keys
            #expect(keys?.map(\.id) == [KeyID("v0"), KeyID("v1"), KeyID("v2")])
        }
    }

    @Test func aSecretThatIsNotThereIsNoMissingKey() async throws {
        try await KeyWorld.withIssuer(
            of: .secret(.arbitrary),
            .json(404, ""),
            .json(404, "")
        ) { issuer, _ in
            try await KeyWorld.expectFault(.rejected, issuer, .list)
            let own = KeyMaterial(["value": Redacted(KeyWorld.value)])
            try await KeyWorld.expectFault(.rejected, issuer, .create(try KeyWorld.name(), own))
        }
    }

    @Test func aPlanThatDoesNotSayWhatIsDrawnMakesNothing() async throws {
        try await KeyWorld.withIssuer(of: .secret(.kv)) { issuer, server in
            let own = KeyMaterial(["token": Redacted(KeyWorld.value)])
            try await KeyWorld.expectFault(.rejected, issuer, .create(try KeyWorld.name(), own))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aVersionIsReadAgain() async throws {
        try await KeyWorld.withIssuer(
            of: .secret(.arbitrary),
            .json(200, Self.version(content: #","payload":"\#(KeyWorld.value)""#)),
            .json(200, Self.version(isAvailable: false)),
            .json(404, "")
        ) { issuer, _ in
            #expect(
                try await issuer.perform(.read(Self.id)).material == KeyMaterial(["value": Redacted(KeyWorld.value)])
            )
            try await KeyWorld.expectFault(.notReadable, issuer, .read(Self.id))
            try await KeyWorld.expectFault(.notFound, issuer, .read(Self.id))
        }
    }
}
