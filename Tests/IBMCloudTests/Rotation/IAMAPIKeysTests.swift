import Foundation
import JOSE
import KeyRotation
import Testing

@Suite struct IAMAPIKeysTests {
    private static let id = KeyID("ApiKey-1e2d3c4b-5a6f-4e7d-8c9b-0a1f2e3d4c5b")

    private static func key(_ id: String = id.rawValue, name: String = "old", more: String = "") -> String {
        #"{"id":"\#(id)","locked":true,"disabled":false,"created_at":"2026-09-01T10:00+0000","name":"\#(name)","#
            + #""iam_id":"\#(KeyWorld.iamID)"\#(more)}"#
    }

    private static func page(_ keys: [String], next: String? = nil) -> Reply {
        let next = next.map { #","next":"\#($0)""# } ?? ""
        return .json(200, #"{"context":{},"offset":0,"limit":100\#(next),"apikeys":[\#(keys.joined(separator: ","))]}"#)
    }

    @Test func allPagesAreReadAndALinkLeadsNowhereElse() async throws {
        let next = "https://elsewhere.example/v1/apikeys?iam_id=other&pagetoken=a%2Fb%3D&pagesize=1"
        try await KeyWorld.withIssuer(
            of: .apiKey,
            Self.page([Self.key("ApiKey-1")], next: next),
            Self.page([Self.key("ApiKey-2", name: KeyWorld.nameText)])
        ) { issuer, server in
            let keys = try #require(try await issuer.perform(.list).keys)
            #expect(keys.map(\.id.rawValue) == ["ApiKey-1", "ApiKey-2"])
            #expect(keys.map(\.name) == ["old", KeyWorld.nameText])
            #expect(keys.allSatisfy { $0.isLocked && !$0.isDisabled && $0.createdAt == World.now })
            let query =
                "account_id=\(KeyWorld.account)&iam_id=\(KeyWorld.iamID)&type=serviceid&scope=entity&pagesize=100"
            #expect(
                server.requests.map(\.line) == [
                    "GET /v1/apikeys?\(query) HTTP/1.1", "GET /v1/apikeys?\(query)&pagetoken=a%2Fb%3D HTTP/1.1",
                ]
            )
            #expect(server.requests.allSatisfy { $0.header("Authorization") == "Bearer \(KeyWorld.bearer)" })
        }
    }

    @Test(arguments: [
        #""next":"https://iam.cloud.ibm.com/v1/apikeys?pagesize=1""#, #""next":7"#, #""next":"?pagetoken=%zz""#,
    ])
    func aLinkThatCannotBeFollowedIsNoEndOfTheList(member: String) async throws {
        try await KeyWorld.withIssuer(
            of: .apiKey,
            .json(200, #"{"apikeys":[],\#(member)}"#)
        ) { issuer, _ in
            try await KeyWorld.expectFault(.unknownOutcome, issuer, .list)
        }
    }

    @Test func aListThatNeverEndsIsRefused() async throws {
        let page = Self.page([], next: "?pagetoken=again")
        try await KeyWorld.withIssuer(of: .apiKey, page, page, page) { issuer, server in
            try await KeyWorld.expectFault(.unknownOutcome, issuer, .list)
            #expect(server.requests.count == 2)
        }
    }

    /// What is not said is not taken for good.
    @Test(arguments: ["id", "name", "created_at", "disabled", "locked", "iam_id"])
    func aKeyWithoutAMemberMakesTheListUnusable(member: String) async throws {
        let key = Self.key().replacing("\"\(member)\"", with: "\"x\"")
        try await KeyWorld.withIssuer(of: .apiKey, Self.page([key])) { issuer, _ in
            let fault = try await KeyWorld.fault(issuer, .list)
            #expect(fault.code == .unknownOutcome)
            #expect(fault.message.contains(member))
        }
    }

    @Test func aKeyIsMadeWithOurNameAndValue() async throws {
        let own = KeyMaterial(["api_key": Redacted(KeyWorld.value)])
        let answer = Self.key(name: KeyWorld.nameText, more: #","apikey":"\#(KeyWorld.value)""#)
        try await KeyWorld.withIssuer(of: .apiKey, .json(201, answer)) { issuer, server in
            let created = try #require(try await issuer.perform(.create(try KeyWorld.name(), own)).created)
            #expect(created.key.id == Self.id)
            #expect(created.material == own)
            let request = try #require(server.requests.first)
            #expect(request.line == "POST /v1/apikeys HTTP/1.1")
            #expect(request.header("Content-Length") == "\(request.body.utf8.count)")
            let body = try JSONDocument(parsing: request.body).root
            #expect(body["name"]?.string == KeyWorld.nameText)
            #expect(body["iam_id"]?.string == KeyWorld.iamID)
            #expect(body["account_id"]?.string == KeyWorld.account)
            #expect(body["apikey"]?.string == KeyWorld.value)
            #expect(body["store_value"]?.bool == false)
            #expect(body["description"]?.string?.contains("reports") == true)
        }
    }

    @Test(arguments: [
        // IAM made the value.
        (false, #","apikey":"made-by-iam""#, "made-by-iam"),
        (false, #","apikey":"""#, nil),
        (false, "", nil),
        // The value is ours, and IAM need not repeat it.
        (true, #","apikey":"""#, KeyWorld.value),
        (true, "", KeyWorld.value),
        (true, #","apikey":"another""#, nil),
    ])
    func theValueOfANewKeyIsCertainOrThereIsNone(isOwn: Bool, member: String, expected: String?) async throws {
        let own = isOwn ? KeyMaterial(["api_key": Redacted(KeyWorld.value)]) : nil
        let answer = Self.key(name: KeyWorld.nameText, more: member)
        try await KeyWorld.withIssuer(of: .apiKey, .json(201, answer)) { issuer, _ in
            let call = IssuerCall.create(try KeyWorld.name(), own)
            if let expected {
                let created = try #require(try await issuer.perform(call).created)
                #expect(created.material["api_key"]?.exposed == expected)
            } else {
                try await KeyWorld.expectFault(.unknownOutcome, issuer, call)
            }
        }
    }

    @Test func aKeyIsVerifiedByATokenOfItsServiceID() async throws {
        let material = KeyMaterial(["api_key": Redacted(KeyWorld.value)])
        let reply = KeyWorld.granted(try KeyWorld.token())
        try await KeyWorld.withIssuer(of: .apiKey, reply) { issuer, server in
            try await KeyWorld.expectDone(issuer, .verify(Self.id, material))
            let request = try #require(server.requests.first)
            #expect(request.line == "POST /identity/token HTTP/1.1")
            #expect(request.header("Authorization") == nil)
            #expect(
                request.body
                    == "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=\(KeyWorld.value)"
            )
        }
    }

    @Test(arguments: [
        (Answers.iamError(400, "BXNIM0415E"), IssuerFault.Code.notUsable), (Answers.iamError(400, "X"), .notUsable),
        (Answers.iamError(401, "BXNIM0602E"), .notUsable), (Answers.iamError(400, "BXNIM0109E"), .rejected),
        (Answers.iamError(405, "BXNIM0060E"), .rejected), (Answers.iamError(429, "BXNIM0415E"), .rateLimited),
        (Answers.iamError(500, "BXNIM0415E"), .unknownOutcome), (.json(400, ""), .rejected),
        (.json(200, "{}"), .unknownOutcome), (.json(200, #"{"access_token":"a b"}"#), .unknownOutcome),
    ])
    func aKeyThatGetsNoTokenIsNotVerified(reply: Reply, code: IssuerFault.Code) async throws {
        let material = KeyMaterial(["api_key": Redacted(KeyWorld.value)])
        try await KeyWorld.withIssuer(of: .apiKey, reply) { issuer, _ in
            try await KeyWorld.expectFault(code, issuer, .verify(Self.id, material))
        }
    }

    @Test func aTokenThatProvesNothingVerifiesNoKey() async throws {
        let material = KeyMaterial(["api_key": Redacted(KeyWorld.value)])
        let other = try KeyWorld.token(of: "iam-ServiceId-other")
        let unsigned = try KeyWorld.token(isSigned: false)
        try await KeyWorld.withIssuer(
            of: .apiKey,
            KeyWorld.granted(other),
            KeyWorld.granted(unsigned)
        ) { issuer, _ in
            try await KeyWorld.expectFault(.rejected, issuer, .verify(Self.id, material))
            try await KeyWorld.expectFault(.notUsable, issuer, .verify(Self.id, material))
            try await KeyWorld.expectFault(.rejected, issuer, .verify(Self.id, .none))
        }
        try await KeyWorld.withIssuer(
            of: .apiKey,
            KeyWorld.granted(try KeyWorld.token()),
            check: KeyWorld.unknown
        ) { issuer, _ in
            try await KeyWorld.expectFault(.unknownOutcome, issuer, .verify(Self.id, material))
        }
    }

    @Test(
        arguments: [
            (#"{"last_authn":"2026-09-01T10:00+0000","authn_count":3}"#, .some(World.now)),
            (#"{"last_authn":"2026-09-01T10:00:00Z","authn_count":3}"#, .some(World.now)),
            (#"{"authn_count":0}"#, .some(nil)), (#"{"last_authn":"","authn_count":0}"#, .some(nil)),
            (#"{"last_authn":null,"authn_count":0}"#, .some(nil)),
            // Silence is not "never".
            ("{}", nil), ("[]", nil), (#"{"authn_count":1}"#, nil),
            (#"{"last_authn":"yesterday","authn_count":1}"#, nil),
            (#"{"last_authn":"2026-09-01T10:00+0200","authn_count":1}"#, nil),
        ] as [(String, Date??)]
    )
    func theLastUseIsTold(activity: String, expected: Date??) async throws {
        let answer = Self.key(more: #","activity":\#(activity)"#)
        try await KeyWorld.withIssuer(of: .apiKey, .json(200, answer)) { issuer, server in
            if let expected {
                #expect(try await issuer.perform(.activity(Self.id)).lastUse == .some(expected))
            } else {
                try await KeyWorld.expectFault(.unknownOutcome, issuer, .activity(Self.id))
            }
            #expect(server.requests.map(\.line) == ["GET /v1/apikeys/\(Self.id)?include_activity=true HTTP/1.1"])
        }
    }

    @Test func changesAreOneCallEach() async throws {
        let done = Reply.raw("HTTP/1.1 204 X\r\n\r\n")
        try await KeyWorld.withIssuer(of: .apiKey, done, done, done) { issuer, server in
            for call in [IssuerCall.disable(Self.id), .enable(Self.id), .delete(Self.id)] {
                try await KeyWorld.expectDone(issuer, call)
            }
            #expect(
                server.requests.map(\.line) == [
                    "POST /v1/apikeys/\(Self.id)/disable HTTP/1.1", "DELETE /v1/apikeys/\(Self.id)/disable HTTP/1.1",
                    "DELETE /v1/apikeys/\(Self.id) HTTP/1.1",
                ]
            )
        }
    }

    @Test(arguments: ["", "..", "a/b", "a b", "../x?y", String(repeating: "a", count: 65)])
    func anIDThatIsNoneIsNotSent(id: String) async throws {
        try await KeyWorld.withIssuer(of: .apiKey) { issuer, server in
            try await KeyWorld.expectFault(.rejected, issuer, .delete(KeyID(id)))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aValueIsNotToldAgain() async throws {
        try await KeyWorld.withIssuer(of: .apiKey) { issuer, _ in
            try await KeyWorld.expectFault(.notReadable, issuer, .read(Self.id))
        }
    }
}
