import Foundation
import IBMCloud
import JOSE
import Testing
import TokenBroker

@Suite struct IdentityTokenTests {
    @Test func theRequestIsWhatIBMDocuments() async throws {
        try await World.withServer(Answers.identityToken()) { client, server in
            _ = try await client.vpcIdentity.identityToken()
            let request = try #require(server.requests.first)
            #expect(request.line == "PUT /identity/v1/token?version=2025-08-26 HTTP/1.1")
            #expect(request.header("Metadata-Flavor") == "ibm")
            #expect(request.header("Content-Type") == "application/json")
            #expect(request.header("Accept") == "application/json")
            #expect(request.header("Host") == "127.0.0.1:\(server.port)")
            #expect(request.header("Transfer-Encoding") == nil)
            let nonce = try #require(request.nonce)
            #expect(request.body == #"{"expires_in":300,"nonce":"\#(nonce)"}"#)
            #expect(Base64URL.decode(nonce)?.count == 16)
        }
    }

    @Test func eachRequestHasANonceOfItsOwn() async throws {
        try await World.withServer(Answers.identityToken(), Answers.identityToken()) { client, server in
            _ = try await client.vpcIdentity.identityToken()
            _ = try await client.vpcIdentity.identityToken()
            #expect(Set(server.requests.compactMap(\.nonce)).count == 2)
        }
    }

    @Test func theTokenCarriesWhatItsClaimsSay() async throws {
        let claims = #""exp":1788257100,"iaas":{"accountID":"3c1f","crn":"\#(World.instanceCRN)"}"#
        try await World.withServer(Answers.identityToken(claims: claims)) { client, _ in
            let token = try await client.vpcIdentity.identityToken()
            #expect(token.accountID == "3c1f")
            #expect(token.instanceCRN == World.instanceCRN)
            #expect(token.compact.exposed.hasPrefix("eyJ"))
        }
    }

    @Test(arguments: [
        // expires_at is the earliest.
        (#""exp":1788257100"#, #""expires_at":"2026-09-01T10:01:00Z""#, 60.0),
        // created_at + expires_in is the earliest: IBM's own sample has a window of a day beside a lifetime of an hour.
        (
            #""exp":1788343200"#,
            #""created_at":"2026-09-01T10:00:00.500Z","expires_at":"2026-09-02T10:00:00Z","expires_in":120"#, 120.5
        ),
        // The claim is the earliest.
        (#""exp":1788256830"#, #""expires_at":"2026-09-01T10:05:00Z""#, 30),
        // Without a claim the answer counts.
        (#""iss":"VSI-CR_us-south""#, #""expires_at":"2026-09-01T10:05:00Z""#, 300),
    ])
    func theEarliestOfTheThreeEndsCounts(claims: String, members: String, secondsLeft: Double) async throws {
        try await World.withServer(Answers.identityToken(claims: claims, members: members)) { client, _ in
            let token = try await client.vpcIdentity.identityToken()
            #expect(token.expiresAt == World.now + secondsLeft)
        }
    }

    @Test(arguments: ["2026-09-01T10:00:00Z", "2026-09-01T09:59:59.999Z"])
    func aTokenThatHasExpiredIsRefused(expiresAt: String) async throws {
        let reply = Answers.identityToken(members: #""expires_at":"\#(expiresAt)""#)
        try await World.withServer(reply) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .malformedAnswer)
            #expect(error.message.contains("clock"))
        }
    }

    @Test(arguments: [
        (Answers.identityToken(answerNonce: { _ in nil }), "no nonce in the answer"),
        (Answers.identityToken(claimNonce: { _ in nil }), "no nonce in the token"),
        (Answers.identityToken(answerNonce: { _ in "AAAA" }), "nonce in the answer is not"),
        (Answers.identityToken(claimNonce: { $0 + "A" }), "nonce in the token is not"),
        (
            Reply.computed { request in
                .json(
                    200,
                    #"{"access_token":"opaque","expires_at":"2026-09-01T10:05:00Z","nonce":"\#(request.nonce ?? "")"}"#
                )
            }, "no nonce in the token"
        ),
    ])
    func aNonceThatIsMissingOrDifferentIsRefused(reply: Reply, message: String) async throws {
        try await World.withServer(reply) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .nonceMismatch)
            #expect(error.message.contains(message))
        }
    }

    @Test func aServiceThatDoesNotKnowTheNonceIsNotAskedWithoutOne() async throws {
        try await World.withServer(Answers.metadataError(400, "unknown_field")) { client, server in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .requestRejected)
            #expect(error.message.contains("require_nonce: false"))
            #expect(server.requests.count == 1)
        }
    }

    @Test func withoutTheNonceNoneIsSentAndNoneIsNeeded() async throws {
        let reply = Reply.json(200, #"{"access_token":"opaque","expires_at":"2026-09-01T10:05:00Z"}"#)
        try await World.withServer(reply, requireNonce: false) { client, server in
            let token = try await client.vpcIdentity.identityToken()
            #expect(token.expiresAt == World.now + 300)
            #expect(server.requests.first?.body == #"{"expires_in":300}"#)
        }
    }

    @Test(arguments: [
        ("", "empty"),
        ("<html></html>", "not JSON"),
        ("[]", "not a JSON object"),
        (#"{"access_token":"a.b.c","access_token":"d"}"#, "twice"),
        (#"{"expires_at":"2026-09-01T10:05:00Z"}"#, "access_token"),
        (#"{"access_token":"","expires_at":"2026-09-01T10:05:00Z"}"#, "access_token"),
        (#"{"access_token":"a\r\nb","expires_at":"2026-09-01T10:05:00Z"}"#, "access_token"),
        (#"{"access_token":"a.b.c"}"#, "expires_at"),
        (#"{"access_token":"a.b.c","expires_at":"tomorrow"}"#, "expires_at"),
        (#"{"access_token":"a.b.c","expires_at":"2026-09-01T10:05:00Z","created_at":1}"#, "created_at"),
        (
            #"{"access_token":"a","expires_at":"2026-09-01T10:05:00Z","created_at":"2026-09-01T10:00:00Z","expires_in":"1"}"#,
            "expires_in"
        ),
        (#"{"access_token":"a.b.c","expires_at":"2026-09-01T10:05:00Z","nonce":1}"#, "nonce"),
    ])
    func anAnswerThatCannotBeUsedIsRefused(body: String, named: String) async throws {
        try await World.withServer(.json(200, body)) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .malformedAnswer)
            #expect(error.message.contains(named))
        }
    }
}
