import CloudSimulator
import JOSE
import Testing

/// `POST /identity/token`.
@Suite struct IAMServiceTests {
    private static let grant = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Acr-token"
    private static let account = "cr_token=simulator-service-account-token"
    private static let backups = "Profile-7c4e2b1d-0f9a-4b8c-a3d5-6e7f80918273"
    private static let crn = "crn:v1:bluemix:public:iam-identity::a/3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f::profile:"

    @Test(arguments: [
        "\(grant)&\(account)&profile_name=backups",
        "\(grant)&\(account)%0A&profile_id=\(backups)",
        "\(grant)&\(account)&profile_crn=\(crn)\(backups)",
        "\(grant)&\(account)&profile_id=\(backups)&profile_name=nobody",
    ])
    func aServiceAccountTokenIsExchanged(form: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIAM(form)
            #expect(response.status == 200)
            let names: Set = ["access_token", "token_type", "expires_in", "expiration", "scope"]
            #expect(try response.members() == names)
            #expect(try response.string("token_type") == "Bearer")
            #expect(try response.string("scope") == "ibm openid")
            #expect(try response.json()["expires_in"]?.integer == 3_600)
            #expect(try response.json()["expiration"]?.integer == 1_788_260_400)
            let claims = try await cloud.verdict(on: response, profile: .id(Self.backups)).claims()
            #expect(claims["authn"]?["name"]?.string == "simulator-cluster:default:broker")
        }
    }

    @Test func anIdentityTokenIsExchanged() async throws {
        try await TestCloud.run { cloud in
            let token = try await cloud.identityToken()
            let response = try await cloud.askIAM("\(Self.grant)&cr_token=\(token)&profile_name=reports")
            let claims = try await cloud.verdict(on: response, profile: .named("reports")).claims()
            #expect(claims["authn"]?["sub"]?.string == cloud.simulator.instance.crn)
        }
    }

    @Test func anAPIKeyIsExchanged() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askAPIKeyToken()
            let names: Set = [
                "access_token", "refresh_token", "token_type", "expires_in", "expiration", "scope",
            ]
            #expect(try response.members() == names)
            #expect(try response.string("refresh_token") == "not_supported")
            let claims = try await cloud.verdict(on: response, profile: nil).claims()
            let claimNames: Set = [
                "iam_id", "id", "realmid", "jti", "identifier", "name", "sub", "sub_type", "authn", "account", "iat",
                "exp", "iss", "grant_type", "scope", "client_id", "acr", "amr",
            ]
            #expect(Set(try #require(claims.members).map(\.name)) == claimNames)
            #expect(claims["sub_type"]?.string == "ServiceId")
            #expect(claims["client_id"]?.string == "default")
        }
    }

    @Test func basicAuthorizationBecomesTheClient() async throws {
        try await TestCloud.run { cloud in
            let form = "grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=simulator-api-key"
            let response = try await cloud.askIAM(form, headers: ["Authorization": "Basic Yng6Yng="])
            let claims = try await cloud.verdict(on: response, profile: nil).claims()
            #expect(claims["client_id"]?.string == "bx")
        }
    }

    @Test func theOldPathIsAnsweredToo() async throws {
        try await TestCloud.run { cloud in
            let form = "\(Self.grant)&\(Self.account)&profile_name=reports"
            let type = ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"]
            let response = try await cloud.client.send("POST", "/oidc/token", headers: type, body: form)
            #expect(response.status == 200)
        }
    }

    @Test(arguments: [
        ("", "BXNIM0109E", "grant_type"),
        ("grant_type=password", "BXNIM0109E", "cr-token and apikey"),
        ("\(grant)&profile_name=reports", "BXNIM0109E", "cr_token"),
        ("\(grant)&cr_token=%0A&profile_name=reports", "BXNIM0109E", "cr_token"),
        ("\(grant)&\(account)", "BXNIM0109E", "profile_id"),
        ("\(grant)&cr_token=nonsense&profile_name=reports", "BXNIM0401E", nil),
        ("\(grant)&cr_token=a.b.c&profile_name=reports", "BXNIM0407E", nil),
        ("\(grant)&\(account)&profile_name=nobody", "BXNIM0398E", "nobody"),
        (
            "\(grant)&\(account)&profile_name=archive", "BXNIM0398E",
            "iam-Profile-9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"
        ),
        ("grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=wrong", "BXNIM0415E", nil),
        ("grant_type=urn:ibm:params:oauth:grant-type:apikey", "BXNIM0109E", "apikey"),
    ])
    func badFormsAreRefused(form: String, code: String, details: String?) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIAM(form, headers: ["User-Agent": "test/1"])
            #expect(response.status == 400)
            #expect(try response.string("errorCode") == code)
            let told = try response.json()["errorDetails"]?.string
            #expect(details.map { told?.contains($0) ?? false } ?? (told == nil))
            let context = try #require(response.json()["context"])
            let names: Set = [
                "requestId", "requestType", "userAgent", "url", "instanceId", "threadId", "host", "startTime",
                "endTime", "elapsedTime", "locale", "clusterName",
            ]
            #expect(Set(try #require(context.members).map(\.name)) == names)
            #expect(context["userAgent"]?.string == "test/1")
            #expect(context["url"]?.string == "https://iam.cloud.ibm.com")
            #expect(context["startTime"]?.string == "01.09.2026 10:00:00:363 UTC")
        }
    }

    @Test(arguments: [
        ["Content-Type": "application/json"],
        ["Content-Type": "application/x-www-form-urlencoded", "Transfer-Encoding": "chunked"],
    ])
    func whatIsNoPlainFormIsNotRead(headers: [String: String]) async throws {
        try await TestCloud.run { cloud in
            let form = "\(Self.grant)&\(Self.account)&profile_name=reports"
            let body =
                headers["Transfer-Encoding"] == nil ? form : "\(String(form.count, radix: 16))\r\n\(form)\r\n0\r\n\r\n"
            let response = try await cloud.client.send("POST", "/identity/token", headers: headers, body: body)
            #expect(response.status == 400)
            #expect(try response.string("errorCode") == "BXNIM0109E")
        }
    }

    @Test func anotherMethodIsNotAllowed() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send("GET", "/identity/token")
            #expect(response.status == 405)
            #expect(try response.string("errorCode") == "BXNIM0060E")
        }
    }

    @Test func discoveryLeadsToTheSimulatorsOwnEndpoints() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send("GET", "/identity/.well-known/openid-configuration")
            let names: Set = [
                "issuer", "authorization_endpoint", "token_endpoint", "passcode_endpoint", "jwks_uri",
                "scopes_supported", "grant_types_supported",
            ]
            #expect(try response.members() == names)
            #expect(try response.string("issuer") == "https://iam.cloud.ibm.com/identity")
            #expect(try response.string("jwks_uri") == "http://127.0.0.1:\(cloud.client.port)/identity/keys")
        }
    }
}
