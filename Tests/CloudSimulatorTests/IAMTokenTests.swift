import CloudSimulator
import JOSE
import Testing

/// `POST …/iam_tokens` and `POST …/iam_token`.
@Suite struct IAMTokenTests {
    private static let reports = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
    private static let backups = "Profile-7c4e2b1d-0f9a-4b8c-a3d5-6e7f80918273"
    private static let archive = "Profile-9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"
    private static let crn = "crn:v1:bluemix:public:iam-identity::a/3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f::profile:"

    @Test(arguments: [
        ("/identity/v1/iam_tokens?version=2025-08-26", "2026-09-01T11:00:00.363Z"),
        ("/instance_identity/v1/iam_token?version=2022-03-01", "2026-09-01T11:00:00Z"),
    ])
    func isIssuedByBothPathFamilies(target: String, expires: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIAMToken(target)
            #expect(response.status == 200)
            #expect(try response.members() == ["access_token", "created_at", "expires_at", "expires_in"])
            #expect(try response.string("expires_at") == expires)
            #expect(try response.json()["expires_in"]?.integer == 3_600)
            let verdict1 = try await cloud.verdict(on: response, profile: .id(Self.reports))
            #expect(verdict1.rejection == nil)
        }
    }

    @Test(arguments: [
        ("", reports), (#"{"trusted_profile":{"id":"\#(backups)"}}"#, backups),
        (#"{"trusted_profile":{"crn":"\#(crn)\#(backups)"}}"#, backups),
        (#"{"trusted_profile":{"name":"backups"}}"#, backups),
    ])
    func isOfTheProfileThatWasAsked(body: String, profile: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIAMToken(body: body)
            let claims = try await cloud.verdict(on: response, profile: .id(profile)).claims()
            let names: Set = [
                "iam_id", "id", "realmid", "jti", "identifier", "name", "sub", "sub_type", "authn", "account", "iat",
                "exp", "iss", "grant_type", "scope", "client_id",
            ]
            #expect(Set(try #require(claims.members).map(\.name)) == names)
            #expect(claims["id"]?.string == "iam-\(profile)")
            #expect(claims["account"]?.text == #"{"boundary":"global","valid":true,"bss":"\#(cloud.account)"}"#)
            #expect(claims["authn"]?["iam_id"]?.string == "crn-\(cloud.simulator.instance.crn)")
            #expect(claims["authn"]?["sub"]?.string == cloud.simulator.instance.crn)
            #expect(claims["grant_type"]?.string == "urn:ibm:params:oauth:grant-type:cr-token")
            #expect(claims["client_id"]?.string == "default")
        }
    }

    @Test(arguments: [
        (#"{"trusted_profile":{"id":"\#(archive)"}}"#, "profile_not_linked", "trusted_profile.id"),
        (#"{"trusted_profile":{"name":"nobody"}}"#, "profile_not_linked", "trusted_profile.name"),
        ("{}", "missing_field", "trusted_profile"),
        (#"{"trusted_profile":{}}"#, "missing_field", "trusted_profile.id"),
        (#"{"trusted_profile":{"id":"a","name":"b"}}"#, "invalid_value", "trusted_profile.id"),
        (#"{"trusted_profile":{"id":7}}"#, "invalid_value", "trusted_profile.id"),
        (#"{"trusted_profile":"reports"}"#, "invalid_value", "trusted_profile"),
        (#"{"trusted_profile":{"colour":"red"}}"#, "unknown_field", "trusted_profile.colour"),
        (#"{"profile":{}}"#, "unknown_field", "profile"),
    ])
    func badBodiesAreRefused(body: String, code: String, target: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIAMToken(body: body)
            #expect(response.status == 400)
            #expect(try response.vpcError()["code"]?.string == code)
            #expect(try response.vpcError()["target"]?["name"]?.string == target)
        }
    }

    @Test func anInstanceWithoutDefaultProfileHasNoneLinked() async throws {
        var instance = SimulatedInstance()
        instance.defaultProfile = nil
        try await TestCloud.run(instance: instance) { cloud in
            let refused2 = try await cloud.askIAMToken()
            #expect(try refused2.vpcError()["code"]?.string == "profile_not_linked")
        }
    }

    @Test(arguments: ["", "abc", "a.b.c"])
    func somethingElseThanAnIdentityTokenIsUnauthenticated(bearer: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIAMToken(bearer: bearer)
            #expect(response.status == 401)
            #expect(try response.vpcError()["code"]?.string == "unauthenticated")
        }
    }

    @Test(arguments: [(299, 200), (300, 401)])
    func anIdentityTokenEndsAtItsExpiry(secondsLater: Int, status: Int) async throws {
        try await TestCloud.run { cloud in
            let token = try await cloud.identityToken()
            cloud.simulator.clockOffset = secondsLater
            let response3 = try await cloud.askIAMToken(bearer: token)
            #expect(response3.status == status)
        }
    }

    @Test func anIAMTokenIsNoIdentityToken() async throws {
        try await TestCloud.run { cloud in
            let token = try await cloud.askIAMToken().string("access_token")
            let response4 = try await cloud.askIAMToken(bearer: token)
            #expect(response4.status == 401)
        }
    }

    @Test func unlinkingAProfileTakesEffectAtOnce() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.setLinked(false, profile: "reports")
            let refused5 = try await cloud.askIAMToken()
            #expect(try refused5.vpcError()["code"]?.string == "profile_not_linked")
            cloud.simulator.setLinked(true, profile: "reports")
            let response6 = try await cloud.askIAMToken()
            #expect(response6.status == 200)
        }
    }

    @Test func issuerAndLifetimeAreThoseOfTheInstance() async throws {
        var instance = SimulatedInstance()
        instance.tokenLifetime = 900
        instance.issuer = "https://iam.test.cloud.ibm.com/identity"
        try await TestCloud.run(instance: instance) { cloud in
            let response = try await cloud.askIAMToken()
            #expect(try response.json()["expires_in"]?.integer == 900)
            let verdict7 = try await cloud.verdict(on: response)
            #expect(verdict7.rejection == .issuerMismatch)
            let claims = try UnverifiedToken(compact: response.string("access_token")).decoded().claims
            #expect(claims.root["iss"]?.string == instance.issuer)
            #expect(claims.root["exp"]?.integer == 1_788_256_800 + 900)
        }
    }
}

extension TestCloud {
    fileprivate var account: String { simulator.instance.account }
}
