import Foundation
import JOSE
import KeyRotation
import Testing

@Suite struct ResourceKeysTests {
    private static let id = KeyID("7c6d5e4f-3a2b-4c1d-8e0f-9a8b7c6d5e4f")
    private static let pair = KeyMaterial([
        "access_key_id": Redacted("0123456789abcdef"), "secret_access_key": Redacted(KeyWorld.value),
        "api_key": Redacted("api-\(World.secret)"),
    ])
    private static let credentials =
        #"{"apikey":"api-\#(World.secret)","cos_hmac_keys":{"access_key_id":"0123456789abcdef","#
        + #""secret_access_key":"\#(KeyWorld.value)"}}"#

    private static func key(
        name: String = KeyWorld.nameText,
        credentials: String = credentials,
        more: String = ""
    )
        -> String
    {
        #"{"id":"crn:v1:x","guid":"\#(id)","created_at":"2026-09-01T10:00:00.000000000Z","deleted_at":null,"#
            + #""name":"\#(name)","state":"active","credentials":\#(credentials)\#(more)}"#
    }

    @Test func allPagesAreReadAndALinkLeadsNowhereElse() async throws {
        let removed = Self.key(more: #","x":1"#).replacing(#""state":"active""#, with: #""state":"removed""#)
        try await KeyWorld.withIssuer(
            of: .resourceKey,
            .json(
                200,
                #"{"rows_count":2,"next_url":"https://elsewhere.example/v2/x?start=a%2Fb&limit=1","#
                    + #""resources":[\#(Self.key(name: "old")),\#(removed)]}"#
            ),
            .json(200, #"{"rows_count":0,"next_url":null,"resources":[]}"#)
        ) { issuer, server in
            let keys = try #require(try await issuer.perform(.list).keys)
            #expect(keys == [ListedKey(id: Self.id, name: "old", createdAt: World.now)])
            let path = "/v2/resource_instances/crn%3Av1%3Acos%3Aa%2F3c1f%3A%3A/resource_keys"
            #expect(
                server.requests.map(\.line) == [
                    "GET \(path)?limit=100 HTTP/1.1", "GET \(path)?start=a%2Fb&limit=1 HTTP/1.1",
                ]
            )
        }
    }

    @Test(arguments: [#""next_url":"/v2/resource_keys""#, #""next_url":7"#, #""next_url":"?a b""#])
    func aLinkThatCannotBeFollowedIsNoEndOfTheList(member: String) async throws {
        try await KeyWorld.withIssuer(
            of: .resourceKey,
            .json(200, #"{"resources":[],\#(member)}"#)
        ) { issuer, _ in
            try await KeyWorld.expectFault(.unknownOutcome, issuer, .list)
        }
    }

    @Test func anInstanceThatIsNotThereIsNoMissingKey() async throws {
        try await KeyWorld.withIssuer(of: .resourceKey, .json(404, "{}")) { issuer, _ in
            let fault = try await KeyWorld.fault(issuer, .list)
            #expect(fault.code == .rejected)
            #expect(fault.message.contains("check the source of the plan"))
        }
    }

    @Test func aKeyIsMadeWithAnHMACPair() async throws {
        try await KeyWorld.withIssuer(of: .resourceKey, .json(201, Self.key())) { issuer, server in
            let created = try #require(try await issuer.perform(.create(try KeyWorld.name(), nil)).created)
            #expect(created.key.id == Self.id)
            #expect(created.material == Self.pair)
            let request = try #require(server.requests.first)
            #expect(request.line == "POST /v2/resource_keys HTTP/1.1")
            #expect(
                request.body
                    == #"{"name":"\#(KeyWorld.nameText)","source":"crn:v1:cos:a/3c1f::","role":"Writer","#
                    + #""parameters":{"HMAC":true}}"#
            )
        }
    }

    @Test(arguments: [
        (#"{"REDACTED":"REDACTED"}"#, IssuerFault.Code.notReadable),
        (#"{"REDACTED":"REDACTED_EXPLICIT"}"#, .notReadable), ("{}", .unknownOutcome), ("null", .unknownOutcome),
        (#"{"apikey":"a","cos_hmac_keys":{"access_key_id":"a"}}"#, .unknownOutcome),
        (#"{"cos_hmac_keys":{"access_key_id":"a","secret_access_key":"b"}}"#, .unknownOutcome),
        (#"{"apikey":"a","cos_hmac_keys":{"access_key_id":"a\nb","secret_access_key":"b"}}"#, .unknownOutcome),
    ])
    func credentialsThatAreNotShownAreNone(credentials: String, code: IssuerFault.Code) async throws {
        let key = Self.key(credentials: credentials)
        try await KeyWorld.withIssuer(of: .resourceKey, .json(201, key), .json(200, key)) { issuer, _ in
            try await KeyWorld.expectFault(code, issuer, .create(try KeyWorld.name(), nil))
            try await KeyWorld.expectFault(code, issuer, .read(Self.id))
        }
    }

    @Test func aKeyIsReadAgainWhileItIsThere() async throws {
        let deleted = Self.key().replacing(#""deleted_at":null"#, with: #""deleted_at":"2026-09-01T10:00:00Z""#)
        try await KeyWorld.withIssuer(
            of: .resourceKey,
            .json(200, Self.key()),
            .json(200, deleted),
            .json(404, "")
        ) { issuer, server in
            #expect(try await issuer.perform(.read(Self.id)).material == Self.pair)
            try await KeyWorld.expectFault(.notFound, issuer, .read(Self.id))
            try await KeyWorld.expectFault(.notFound, issuer, .read(Self.id))
            #expect(server.requests.first?.line == "GET /v2/resource_keys/\(Self.id) HTTP/1.1")
        }
    }

    @Test func aPairIsVerifiedByAListing() async throws {
        let listing = #"<?xml version="1.0"?><ListBucketResult xmlns="x"></ListBucketResult>"#
        try await KeyWorld.withIssuer(of: .resourceKey, .json(200, listing)) { issuer, server in
            try await KeyWorld.expectDone(issuer, .verify(Self.id, Self.pair))
            let request = try #require(server.requests.first)
            #expect(request.line == "GET /broker%20reports?list-type=2&max-keys=1 HTTP/1.1")
            #expect(request.header("Host") == "127.0.0.1:\(server.port)")
            #expect(request.header("X-Amz-Date") == "20260901T100000Z")
            let authorization = try #require(request.header("Authorization"))
            #expect(
                authorization.hasPrefix(
                    "AWS4-HMAC-SHA256 Credential=0123456789abcdef/20260901/us-east-1/s3/aws4_request,"
                        + "SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature="
                )
            )
            #expect(!authorization.contains(World.secret))
        }
    }

    @Test(arguments: [
        (403, "InvalidAccessKeyId", IssuerFault.Code.notUsable), (403, "SignatureDoesNotMatch", .notUsable),
        (403, "AccessDenied", .notUsable), (403, "", .notUsable), (401, "", .notUsable),
        (403, "RequestTimeTooSkewed", .rejected), (404, "NoSuchBucket", .rejected), (400, "x", .rejected),
        (301, "PermanentRedirect", .rejected), (429, "SlowDown", .rateLimited), (503, "SlowDown", .unknownOutcome),
        (500, "InternalError", .unknownOutcome), (200, "x", .unknownOutcome), (204, "x", .unknownOutcome),
    ])
    func aPairThatOpensNothingIsNotVerified(status: Int, code: String, expected: IssuerFault.Code) async throws {
        let body = "<Error><Code>\(code)</Code><Message>\(World.secret)</Message></Error>"
        try await KeyWorld.withIssuer(of: .resourceKey, .json(status, body)) { issuer, _ in
            let fault = try await KeyWorld.fault(issuer, .verify(Self.id, Self.pair))
            #expect(fault.code == expected)
        }
    }

    @Test func whatIsNotKnownIsNotVerified() async throws {
        try await KeyWorld.withIssuer(of: .resourceKey) { issuer, server in
            try await KeyWorld.expectFault(.rejected, issuer, .verify(Self.id, .none))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aKeyIsDeletedOnce() async throws {
        try await KeyWorld.withIssuer(
            of: .resourceKey,
            .raw("HTTP/1.1 204 X\r\n\r\n"),
            .json(410, #"{"error_code":"RC-Gone","message":"gone","status_code":410}"#)
        ) { issuer, server in
            try await KeyWorld.expectDone(issuer, .delete(Self.id))
            try await KeyWorld.expectFault(.notFound, issuer, .delete(Self.id))
            #expect(server.requests.first?.line == "DELETE /v2/resource_keys/\(Self.id) HTTP/1.1")
        }
    }

    @Test func whatTheServiceDoesNotHaveIsTold() async throws {
        try await KeyWorld.withIssuer(of: .resourceKey) { issuer, server in
            for call in [IssuerCall.activity(Self.id), .disable(Self.id), .enable(Self.id)] {
                try await KeyWorld.expectFault(.unsupported, issuer, call)
            }
            #expect(server.requests.isEmpty)
        }
    }
}
