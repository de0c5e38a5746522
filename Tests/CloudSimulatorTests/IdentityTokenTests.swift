import CloudSimulator
import Foundation
import JOSE
import Testing

@Suite struct IdentityTokenTests {
    @Test(arguments: [
        ("/identity/v1/token?version=2025-08-26", "2026-09-01T10:00:00.363Z", "2026-09-01T10:10:00.363Z"),
        ("/identity/v1/token?version=2022-03-01", "2026-09-01T10:00:00.363Z", "2026-09-01T10:10:00.363Z"),
        ("/instance_identity/v1/token?version=2025-08-25", "2026-09-01T10:00:00Z", "2026-09-01T10:10:00Z"),
        ("//instance_identity/v1/token?version=2022-03-01", "2026-09-01T10:00:00Z", "2026-09-01T10:10:00Z"),
    ])
    func isIssuedByBothPathFamilies(target: String, created: String, expires: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIdentityToken(target, body: #"{"expires_in":600}"#)
            #expect(response.status == 200)
            #expect(try response.members() == ["access_token", "created_at", "expires_at", "expires_in"])
            #expect(try response.string("created_at") == created)
            #expect(try response.string("expires_at") == expires)
            #expect(try response.json()["expires_in"]?.integer == 600)
            #expect(response.headers["content-type"] == "application/json; charset=utf-8")
            #expect(response.headers["date"] == "Tue, 01 Sep 2026 10:00:00 GMT")
        }
    }

    @Test func hasTheDocumentedClaims() async throws {
        try await TestCloud.run { cloud in
            let token = UnverifiedToken(compact: try await cloud.identityToken())
            let (header, claims) = try token.decoded()
            #expect(Set(try #require(header.root.members).map(\.name)) == ["alg", "kid"])
            #expect(header.root["kid"]?.string?.hasPrefix("VSI-CR_us-south_") == true)
            let names: Set = ["aud", "exp", "iaas", "iat", "ip_addresses", "iss", "subnets", "vpc"]
            #expect(Set(try #require(claims.root.members).map(\.name)) == names)
            let iaas: Set = [
                "accountID", "crn", "instanceID", "profile_name", "region", "resource_group_id", "zone",
            ]
            #expect(Set(try #require(claims.root["iaas"]?.members).map(\.name)) == iaas)
            #expect(claims.root["iat"]?.integer == 1_788_256_800)
            #expect(claims.root["exp"]?.integer == 1_788_257_100)
            #expect(claims.root["iss"]?.string == "VSI-CR_us-south")
            #expect(claims.root["aud"]?.array?.first?.string == "VSI-CR_us-south")
        }
    }

    @Test(arguments: ["", "{}"])
    func livesFiveMinutesWhenNothingElseIsAsked(body: String) async throws {
        try await TestCloud.run { cloud in
            let response1 = try await cloud.askIdentityToken(body: body)
            #expect(try response1.json()["expires_in"]?.integer == 300)
        }
    }

    @Test func carriesTheNonceThatWasAsked() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIdentityToken(body: #"{"nonce":"8f3c\"é"}"#)
            #expect(try response.string("nonce") == "8f3c\"é")
            let claims = try UnverifiedToken(compact: response.string("access_token")).decoded().claims
            #expect(claims.root["nonce"]?.string == "8f3c\"é")
        }
    }

    @Test(arguments: [
        (4, 400), (5, 200), (3_600, 200), (3_601, 400),
    ])
    func lifetimeEndsAtItsBoundaries(seconds: Int, status: Int) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIdentityToken(body: #"{"expires_in":\#(seconds)}"#)
            #expect(response.status == status)
            guard status == 400 else { return }
            let error = try response.vpcError()
            #expect(error["code"]?.string == "invalid_value")
            #expect(error["target"]?["name"]?.string == "expires_in")
            #expect(error["target"]?["type"]?.string == "field")
            #expect(error["target"]?["value"]?.string == "\(seconds)")
        }
    }

    @Test(arguments: [
        (#"{"expires_in":"300"}"#, "invalid_value"), (#"{"expires_in":5.5}"#, "invalid_value"),
        (#"{"nonce":1}"#, "invalid_value"), (#"{"lifetime":300}"#, "unknown_field"),
        ("{", "invalid_request"), ("[]", "invalid_request"),
        (#"{"expires_in":300,"expires_in":300}"#, "invalid_request"),
        (#"{"nonce":"\#(String(repeating: "n", count: 17_000))"}"#, "invalid_request"),
    ])
    func badBodiesAreRefused(body: String, code: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIdentityToken(body: body)
            #expect(response.status == 400)
            #expect(try response.vpcError()["code"]?.string == code)
        }
    }

    @Test(arguments: [
        ([:], "missing_value"), (["Metadata-Flavor": "google"], "invalid_value"),
    ])
    func theFlavorHeaderIsRequired(headers: [String: String], code: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIdentityToken(headers: headers)
            #expect(response.status == 400)
            #expect(try response.members() == ["errors", "status_code", "trace"])
            #expect(try response.json()["status_code"]?.integer == 400)
            #expect(try response.vpcError()["code"]?.string == code)
            #expect(try response.vpcError()["target"]?["name"]?.string == "Metadata-Flavor")
            #expect(try response.vpcError()["target"]?["type"]?.string == "header")
            #expect(UUID(uuidString: try response.string("trace")) != nil)
            #expect(try response.headers["x-request-id"] == response.string("trace"))
        }
    }

    @Test(arguments: [
        ("/identity/v1/token", 400, "missing_field"),
        ("/identity/v1/token?version=", 400, "missing_value"),
        ("/identity/v1/token?version=2025-8-26", 400, "invalid_value"),
        ("/identity/v1/token?version=2025-13-01", 400, "invalid_value"),
        ("/identity/v1/token?version=2025-01-32", 400, "invalid_value"),
        ("/identity/v1/token?version=2022-02-28", 400, "invalid_version_range"),
        ("/identity/v1/token?version=2025-08-26&colour=red", 400, "unknown_field"),
        ("/instance_identity/v1/token?version=2025-08-26", 404, "not_found"),
        ("/instance_identity/v2/token?version=2025-08-25", 404, "not_found"),
    ])
    func theVersionRulesHold(target: String, status: Int, code: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIdentityToken(target)
            #expect(response.status == status)
            #expect(try response.vpcError()["code"]?.string == code)
        }
    }

    @Test func tooEarlyAVersionIsRefusedWithoutAStatusCode() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.askIdentityToken("/identity/v1/token?version=2021-09-30")
            #expect(try response.members() == ["errors", "trace"])
            #expect(try response.vpcError()["target"]?["name"]?.string == "2021-09-30")
            #expect(try response.vpcError()["target"]?["type"]?.string == "parameter")
        }
    }

    @Test func anotherMethodIsNotFound() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send("GET", "/identity/v1/token?version=2025-08-26")
            #expect(response.status == 404)
        }
    }

    @Test func aDisabledServiceIsForbiddenWhenItIsToAnswer() async throws {
        var instance = SimulatedInstance()
        instance.metadataService = MetadataService(isEnabled: false, whenDisabled: .unauthorized)
        try await TestCloud.run(instance: instance) { cloud in
            let response = try await cloud.askIdentityToken()
            #expect(response.status == 403)
            #expect(try response.vpcError()["code"]?.string == "unauthorized")
        }
    }

    @Test func aDisabledServiceIsSilent() async throws {
        var instance = SimulatedInstance()
        instance.metadataService.isEnabled = false
        try await TestCloud.run(instance: instance) { cloud in
            let target = "/identity/v1/token?version=2025-08-26"
            let response = try await cloud.client.send("PUT", target, headers: ["Metadata-Flavor": "ibm"]) {
                try await cloud.simulator.waitForRequests(to: .identityToken, reaching: 1)
            }
            #expect(response.bytes.isEmpty)
        }
    }
}
