import Foundation
import JOSE
import KeyRotation
import Testing

@Suite struct RootKeyTests {
    private static func metadata(_ version: String, state: Int = 1) -> Reply {
        .json(
            200,
            #"{"metadata":{"collectionTotal":1},"resources":[{"id":"8f7e6d5c","state":\#(state),"#
                + #""keyVersion":{"id":"\#(version)","creationDate":"2026-09-01T10:00:00Z"}}]}"#
        )
    }

    private static func refusal(_ status: Int, _ code: String) -> Reply {
        .json(status, #"{"resources":[{"errorMsg":"x","reasons":[{"code":"\#(code)","message":"\#(World.secret)"}]}]}"#)
    }

    private static let done = Reply.raw("HTTP/1.1 204 X\r\n\r\n")

    @Test func theNewestVersionIsTheKey() async throws {
        try await KeyWorld.withIssuer(
            of: .rootKey,
            Self.metadata("v1"),
            Self.metadata("v1", state: 2)
        ) { issuer, server in
            #expect(
                try await issuer.perform(.list).keys
                    == [ListedKey(id: KeyID("v1"), name: nil, createdAt: World.now)]
            )
            #expect(try await issuer.perform(.list).keys?.first?.isDisabled == true)
            let request = try #require(server.requests.first)
            #expect(request.line == "GET /api/v2/keys/8f7e6d5c/metadata HTTP/1.1")
            #expect(request.header("bluemix-instance") == "5a4b3c2d")
        }
    }

    @Test func aRotationIsTheVersionThatWasNotThere() async throws {
        try await KeyWorld.withIssuer(
            of: .rootKey,
            Self.metadata("v1"),
            Self.done,
            Self.metadata("v2")
        ) { issuer, server in
            let created = try #require(try await issuer.perform(.create(try KeyWorld.name(), nil)).created)
            #expect(created.key.id == KeyID("v2"))
            #expect(created.material == .none)
            let request = server.requests[1]
            #expect(request.line == "POST /api/v2/keys/8f7e6d5c/actions/rotate HTTP/1.1")
            #expect(request.header("Content-Type") == "application/vnd.ibm.kms.key_action+json")
            #expect(request.header("Content-Length") == "0")
            #expect(request.header("bluemix-instance") == "5a4b3c2d")
        }
    }

    @Test(arguments: [metadata("v1"), .json(404, ""), .json(403, ""), .json(200, "{}"), .close])
    func aRotationThatIsNotSeenIsNotKnown(after: Reply) async throws {
        try await KeyWorld.withIssuer(of: .rootKey, Self.metadata("v1"), Self.done, after) { issuer, _ in
            try await KeyWorld.expectFault(.unknownOutcome, issuer, .create(try KeyWorld.name(), nil))
        }
    }

    @Test(
        arguments: [
            (409, "KEY_ROTATION_NOT_PERMITTED", IssuerFault.Code.rateLimited, 3_600.0), (409, "OTHER", .conflict, nil),
            (400, "KEY_PAYLOAD_REQ_ERR", .rejected, nil), (404, "KEY_NOT_FOUND_ERR", .rejected, nil),
            (403, "FORBIDDEN", .forbidden, nil),
        ] as [(Int, String, IssuerFault.Code, Double?)]
    )
    func aRefusalIsTold(status: Int, code: String, expected: IssuerFault.Code, retryAfter: Double?) async throws {
        try await KeyWorld.withIssuer(
            of: .rootKey,
            Self.metadata("v1"),
            Self.refusal(status, code)
        ) { issuer, _ in
            let fault = try await KeyWorld.fault(issuer, .create(try KeyWorld.name(), nil))
            #expect(fault.code == expected)
            #expect(fault.retryAfter == retryAfter)
        }
    }

    /// The call was repeated on the way, or its answer was lost: the key shows that it was rotated.
    @Test(arguments: [refusal(409, "KEY_ROTATION_NOT_PERMITTED"), .json(500, ""), .close])
    func aRotationIsSeenWhateverItsAnswer(answer: Reply) async throws {
        try await KeyWorld.withIssuer(
            of: .rootKey,
            Self.metadata("v1"),
            answer,
            Self.metadata("v2")
        ) { issuer, _ in
            let created = try await issuer.perform(.create(try KeyWorld.name(), nil)).created
            #expect(created?.key.id == KeyID("v2"))
        }
    }

    @Test func aVersionIsVerifiedWhileItIsTheActiveOne() async throws {
        try await KeyWorld.withIssuer(
            of: .rootKey,
            Self.metadata("v2"),
            Self.metadata("v3"),
            Self.metadata("v2", state: 3)
        ) { issuer, _ in
            let call = IssuerCall.verify(KeyID("v2"), .none)
            try await KeyWorld.expectDone(issuer, call)
            try await KeyWorld.expectFault(.notUsable, issuer, call)
            try await KeyWorld.expectFault(.notUsable, issuer, call)
        }
    }
}
