import IBMCloud
import JOSE
import Testing
import TokenBroker

@Suite struct IAMTokenFromMetadataTests {
    private static let uuid = "5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
    private static let crn = "crn:v1:bluemix:public:iam-identity::a/3c1f::profile:Profile-\(uuid)"

    @Test(arguments: [
        (ProfileID("Profile-\(uuid)").map(ProfileReference.id), #"{"trusted_profile":{"id":"Profile-\#(uuid)"}}"#),
        (ProfileCRN(crn).map(ProfileReference.crn), #"{"trusted_profile":{"crn":"\#(crn)"}}"#),
        (ProfileReference.name("my \"profile\"\n"), #"{"trusted_profile":{"name":"my \"profile\"\u000a"}}"#),
    ])
    func theProfileStandsInTheBody(reference: ProfileReference?, body: String) async throws {
        try await World.withServer(Answers.iamToken) { client, server in
            let reference: ProfileReference = try #require(reference)
            let profile = try World.profile(reference)
            let token = try await client.vpcIdentity.exchange(World.identity, for: profile)
            #expect(token.compact.exposed == "h.p.s")
            let request = try #require(server.requests.first)
            #expect(request.line == "POST /identity/v1/iam_tokens?version=2025-08-26 HTTP/1.1")
            #expect(request.header("Authorization") == "Bearer \(World.identity.compact.exposed)")
            #expect(request.header("Metadata-Flavor") == "ibm")
            #expect(request.header("Content-Type") == "application/json")
            #expect(request.body == body)
        }
    }

    @Test func theDefaultProfileIsAskedForWithoutABody() async throws {
        try await World.withServer(Answers.iamToken) { client, server in
            _ = try await client.vpcIdentity.exchange(World.identity, for: World.profile(.instanceDefault))
            let request = try #require(server.requests.first)
            #expect(request.body.isEmpty)
            #expect(request.header("Content-Type") == nil)
            #expect(request.header("Content-Length") == "0")
            #expect(request.header("Transfer-Encoding") == nil)
        }
    }

    @Test(arguments: [200, 201])
    func bothStatusesOfSuccessAreTaken(status: Int) async throws {
        let reply = Reply.json(status, #"{"access_token":"h.p.s","expires_at":"2026-09-01T11:00:00Z"}"#)
        try await World.withServer(reply) { client, _ in
            let token = try await client.vpcIdentity.exchange(World.identity, for: World.profile())
            #expect(token.compact.exposed == "h.p.s")
        }
    }

    @Test(arguments: [
        (200, "", "empty"),
        (200, "true", "not a JSON object"),
        (200, #"{"access_token":"h.p.s"}"#, "expires_at"),
        (200, #"{"expires_at":"2026-09-01T11:00:00Z"}"#, "access_token"),
        (200, #"{"access_token":1,"expires_at":"2026-09-01T11:00:00Z"}"#, "access_token"),
        (204, "", "HTTP 204"),
        (202, #"{"access_token":"h.p.s","expires_at":"2026-09-01T11:00:00Z"}"#, "HTTP 202"),
    ])
    func anAnswerThatCannotBeUsedIsRefused(status: Int, body: String, named: String) async throws {
        let reply = status == 204 ? Reply.raw("HTTP/1.1 204 X\r\n\r\n") : .json(status, body)
        try await World.withServer(reply) { client, _ in
            let error = try await World.failure {
                try await client.vpcIdentity.exchange(World.identity, for: World.profile())
            }
            #expect(error.code == .malformedAnswer)
            #expect(error.message.contains(named))
            #expect(error.message.contains("profile reports"))
        }
    }
}
