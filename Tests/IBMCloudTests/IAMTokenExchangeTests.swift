import BrokerTesting
import Foundation
import IBMCloud
import JOSE
import Testing
import TokenBroker

@Suite struct IAMTokenExchangeTests {
    private static let uuid = "5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
    private static let crn = "crn:v1:bluemix:public:iam-identity::a/3c1f::profile:Profile-\(uuid)"
    private static let grant = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Acr-token"

    @Test(arguments: [
        (ProfileID("Profile-\(uuid)").map(ProfileReference.id), "profile_id=Profile-\(uuid)"),
        (
            ProfileCRN(crn).map(ProfileReference.crn),
            "profile_crn=crn%3Av1%3Abluemix%3Apublic%3Aiam-identity%3A%3Aa%2F3c1f%3A%3Aprofile%3AProfile-\(uuid)"
        ),
        (ProfileReference.name("my prof&é=+~"), "profile_name=my%20prof%26%C3%A9%3D%2B~"),
    ])
    func theFormIsWhatIBMsClientsSend(reference: ProfileReference?, field: String) async throws {
        try await World.withServer(Answers.grantedToken) { client, server in
            let reference: ProfileReference = try #require(reference)
            let profile = try World.profile(reference)
            let token = try await client.tokenExchange.exchange(World.identity, for: profile)
            #expect(token.compact.exposed == "h.p.s")
            let request = try #require(server.requests.first)
            #expect(request.line == "POST /identity/token HTTP/1.1")
            #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
            #expect(request.header("Accept") == "application/json")
            #expect(request.header("Transfer-Encoding") == nil)
            #expect(request.header("Content-Length") == "\(request.body.utf8.count)")
            #expect(request.header("Authorization") == nil)
            #expect(request.body == "\(Self.grant)&cr_token=\(World.identity.compact.exposed)&\(field)")
        }
    }

    @Test func theDefaultProfileIsNotAskedFor() async throws {
        try await World.withServer { client, server in
            let error = try await World.failure {
                try await client.tokenExchange.exchange(World.identity, for: World.profile(.instanceDefault))
            }
            #expect(error.code == .requestRejected)
            #expect(error.message.contains("configure the profile by id, crn or name"))
            #expect(server.requests.isEmpty)
        }
    }

    @Test(arguments: [
        (200, "", "empty"),
        (200, "ok", "not JSON"),
        (200, #"{"token_type":"Bearer","expiration":1788260400}"#, "access_token"),
        (200, #"{"access_token":"h.p.s","token_type":"Bearer"}"#, "expiration"),
        (200, #"{"access_token":"h.p.s","token_type":"MAC","expiration":1788260400}"#, "token_type"),
        (201, #"{"access_token":"h.p.s","token_type":"Bearer","expiration":1788260400}"#, "HTTP 201"),
    ])
    func anAnswerThatCannotBeUsedIsRefused(status: Int, body: String, named: String) async throws {
        try await World.withServer(.json(status, body)) { client, _ in
            let error = try await World.failure {
                try await client.tokenExchange.exchange(World.identity, for: World.profile())
            }
            #expect(error.code == .malformedAnswer)
            #expect(error.message.contains(named))
        }
    }

    /// Every code of IAM's token call (reference: IBM API, section 3.6).
    @Test(arguments: [
        (400, "BXNIM0415E", AcquisitionError.Code.requestRejected, "no such API key"),
        (
            400, "BXNIM0398E", .profileNotLinked,
            "ibmcloud iam trusted-profile-link-create Profile-\(uuid) --name iam-broker --cr-type IKS_SA"
        ),
        (400, "BXNIM0109E", .requestRejected, "in chunks"),
        (405, "BXNIM0060E", .requestRejected, "URL of IAM"),
        (400, "BXNIM0401E", .identityRejected, "audience iam"),
        (400, "BXNIM0407E", .identityRejected, "audience iam"),
        (401, "BXNIM0408E", .requestRejected, "cr-token grant"),
        (401, "BXNIM0439E", .identityRejected, "session"),
        (401, "BXNIM0308E", .requestRejected, "cr-token grant"),
        (400, "BXNIM0400E", .identityRejected, "audience iam"),
        (401, "BXNIM0602E", .identityRejected, "audience iam"),
        (400, "BXNIM0139E", .requestRejected, "cr-token grant"),
        (401, "BXNIM0421E", .requestRejected, "cr-token grant"),
        (400, "BXNIM0141E", .forbidden, "same account"),
        (400, "BXNIM0113E", .requestRejected, "crn"),
        (403, "BXNIM0513E", .forbidden, "IP addresses"),
        // Codes that IBM may add are told by their status.
        (400, "BXNIM9999E", .requestRejected, "check the URL"),
        (401, "BXNIM9999E", .identityRejected, "not accepted"),
        (403, "BXNIM9999E", .forbidden, "not allowed"),
        (404, "BXNIM9999E", .requestRejected, "check the URL"),
        (429, "BXNIM0415E", .rateLimited, "less often"),
        (500, "BXNIM0415E", .upstreamFailed, "tried again"),
    ])
    func aCodeBecomesATypedError(
        status: Int,
        code: String,
        expected: AcquisitionError.Code,
        advice: String
    ) async throws {
        try await World.withServer(Answers.iamError(status, code)) { client, server in
            let error = try await World.failure {
                try await client.tokenExchange.exchange(World.identity, for: World.profile())
            }
            #expect(error.code == expected)
            #expect(error.message.contains(advice))
            #expect(error.message.contains("profile reports"))
            #expect(error.message.hasSuffix("(HTTP \(status), code \(code), request ZzR4Y3Q-3f2e)"))
            #expect(server.requests.count == 1)
        }
    }

    @Test func anErrorWithoutABodyIsToldByItsStatus() async throws {
        try await World.withServer(.json(401, "")) { client, _ in
            await checkFailure(
                of: client.tokenExchange,
                identity: World.identity,
                profile: try World.profile(),
                code: .identityRejected
            )
        }
    }
}
