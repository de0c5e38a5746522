import CloudSimulator
import JOSE
import Testing

/// Tokens that look right and are wrong.
@Suite struct TokenFaultTests {
    @Test(arguments: [
        (TokenFault.wrongKey, Rejection.keyUnknown), (.wrongSignature, .signatureInvalid), (.expired, .expired),
        (.otherProfile, .profileMismatch(.iamID)), (.otherAccount, .accountMismatch),
    ])
    func aVerifierRefusesTheIAMToken(fault: TokenFault, rejection: Rejection) async throws {
        let profile = ExpectedProfile.id("Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b")
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(token: [fault]), for: .iamToken)
            cloud.simulator.set(Fault(token: [fault]), for: .iam)
            let fromMetadata = try await cloud.verdict(on: cloud.askIAMToken(), profile: profile)
            #expect(fromMetadata.rejection == rejection)
            let form =
                "grant_type=urn:ibm:params:oauth:grant-type:cr-token&cr_token=simulator-service-account-token"
                + "&profile_name=reports"
            let fromIAM = try await cloud.verdict(on: cloud.askIAM(form), profile: profile)
            #expect(fromIAM.rejection == rejection)
        }
    }

    @Test(arguments: [TokenFault.wrongKey, .wrongSignature, .expired])
    func theSimulatorRefusesItsOwnWrongIdentityToken(fault: TokenFault) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(token: [fault]), for: .identityToken)
            let response = try await cloud.askIAMToken()
            #expect(response.status == 401)
        }
    }

    @Test func anExpiredAnswerAgreesWithItsToken() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(token: [.expired]), for: .iamToken)
            let response = try await cloud.askIAMToken()
            #expect(try response.string("expires_at") == "2026-09-01T09:00:00.363Z")
        }
    }

    @Test func aWrongNonceIsInAnswerAndClaim() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(token: [.wrongNonce]), for: .identityToken)
            let response = try await cloud.askIdentityToken(body: #"{"nonce":"asked"}"#)
            let nonce = try response.string("nonce")
            #expect(nonce != "asked")
            let claims = try UnverifiedToken(compact: response.string("access_token")).decoded().claims
            #expect(claims.root["nonce"]?.string == nonce)
        }
    }

    @Test func anotherAccountIsInTheIdentityTokenToo() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(token: [.otherAccount]), for: .identityToken)
            let claims = try UnverifiedToken(compact: await cloud.identityToken()).decoded().claims
            let account = try #require(claims.root["iaas"]?["accountID"]?.string)
            #expect(account != cloud.simulator.instance.account)
        }
    }

    @Test func membersCanBeLeftOutOfASuccessAndOfNothingElse() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(omitting: ["expires_at", "expires_in", "errors"]), for: .iamToken)
            let response = try await cloud.askIAMToken()
            #expect(try response.members() == ["access_token", "created_at"])
            let refused = try await cloud.askIAMToken(body: "{}")
            #expect(try refused.members() == ["errors", "status_code", "trace"])
        }
    }
}
