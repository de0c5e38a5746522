import CloudSimulator
import Foundation
import JOSE
import Testing

/// `/v2/resource_keys…`.
@Suite struct ResourceKeyTests {
    private static let source =
        "crn:v1:bluemix:public:cloud-object-storage:global:a/3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f:1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9::"
    private static let serviceIDs = "crn:v1:bluemix:public:iam-identity::a/3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f::serviceid:"

    private static func create(_ cloud: TestCloud, _ parameters: String = #"{"HMAC":true}"#) async throws -> RawResponse
    {
        let body = #"{"name":"nightly","source":"\#(source)","role":"Reader","parameters":\#(parameters)}"#
        return try await cloud.call("POST", "/v2/resource_keys", body)
    }

    @Test func aKeyHasAnAPIKeyAndAnHMACPair() async throws {
        try await TestCloud.run { cloud in
            let made = try await Self.create(cloud)
            #expect(made.status == 201)
            let credentials = try #require(made.json()["credentials"])
            let pair = try #require(credentials["cos_hmac_keys"])
            let id = try #require(pair["access_key_id"]?.string)
            #expect(id.wholeMatch(of: /[0-9a-f]{32}/) != nil)
            #expect(pair["secret_access_key"]?.string?.wholeMatch(of: /[0-9a-f]{48}/) != nil)
            #expect(credentials["iam_role_crn"]?.string == "crn:v1:bluemix:public:iam::::serviceRole:Reader")
            #expect(cloud.simulator.hmacPairs.map(\.accessKeyID).contains(id))
            let apiKey = try #require(credentials["apikey"]?.string)
            #expect(try await cloud.exchange(apiKey) == "200")
            let key = try #require(cloud.simulator.apiKeys.last)
            #expect(key.description == "Auto-generated for key \(try made.string("id"))")
        }
    }

    @Test func deletingEndsTheAPIKeyAndThePair() async throws {
        try await TestCloud.run { cloud in
            let made = try await Self.create(cloud)
            let apiKey = try #require(made.json()["credentials"]?["apikey"]?.string)
            let id = try made.string("id").replacing("/", with: "%2F").replacing(":", with: "%3A")
            #expect(try await cloud.call("DELETE", "/v2/resource_keys/\(id)").status == 204)
            #expect(cloud.simulator.hmacPairs.map(\.name) == ["simulator-hmac-pair"])
            #expect(try await cloud.exchange(apiKey) == "400 BXNIM0415E")
            #expect(try await cloud.call("GET", "/v2/resource_keys/\(id)").status == 404)
            #expect(try await cloud.call("DELETE", "/v2/resource_keys/\(id)").status == 404)
        }
    }

    @Test(arguments: [true, false])
    func oneTimeCredentialsAreShownOnce(isOneTime: Bool) async throws {
        try await TestCloud.run { cloud in
            let body = #"{"onetime_credentials":\#(isOneTime)}"#
            let rules = try await cloud.client.send("PUT", "/simulator/rotation-rules", body: body)
            #expect(rules.status == 200)
            let made = try await Self.create(cloud)
            #expect(try made.json()["onetime_credentials"]?.bool == isOneTime)
            #expect(try made.json()["credentials"]?["apikey"] != nil)
            let guid = try made.string("guid")
            for target in ["/v2/resource_keys/\(guid)", "/v2/resource_keys?name=nightly"] {
                let read = try await cloud.call("GET", target)
                #expect(read.text.contains(#""credentials":{"REDACTED":"REDACTED_EXPLICIT"}"#) == isOneTime)
            }
        }
    }

    @Test func theAPIKeyCountsForTheQuotaOfItsServiceID() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.setRotationRules(RotationRules(apiKeyQuota: 1))
            let parameters = #"{"HMAC":true,"serviceid_crn":"\#(Self.serviceIDs)ServiceId-writer"}"#
            #expect(try await Self.create(cloud, parameters).status == 201)
            let refused = try await Self.create(cloud, parameters)
            #expect(refused.status == 409)
            #expect(try refused.string("error_code") == "RC-ApiKeyQuotaReached")
            // Nothing is left of it.
            #expect(cloud.simulator.resourceKeys.count == 1 && cloud.simulator.hmacPairs.count == 2)
            // A service ID of its own has no other keys.
            #expect(try await Self.create(cloud, "{}").status == 201)
        }
    }

    @Test func pagesAreLinked() async throws {
        try await TestCloud.run { cloud in
            for _ in 0..<3 { _ = try await Self.create(cloud, "{}") }
            let first = try await cloud.call("GET", "/v2/resource_keys?limit=2")
            #expect(try first.json()["rows_count"]?.integer == 2)
            let last = try await cloud.call("GET", first.string("next_url"))
            #expect(try last.json()["rows_count"]?.integer == 1)
            #expect(try last.json()["next_url"]?.isNull == true)
            let instance = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
            let all = try await cloud.call("GET", "/v2/resource_instances/\(instance)/resource_keys")
            #expect(try all.json()["rows_count"]?.integer == 3)
        }
    }

    @Test func aKeyIsRenamed() async throws {
        try await TestCloud.run { cloud in
            let guid = try await Self.create(cloud).string("guid")
            let renamed = try await cloud.call("PATCH", "/v2/resource_keys/\(guid)", #"{"name":"weekly"}"#)
            #expect(try renamed.string("name") == "weekly")
            let refused = try await cloud.call("PATCH", "/v2/resource_keys/\(guid)", #"{"role":"Writer"}"#)
            #expect(refused.status == 400)
        }
    }

    @Test(arguments: [
        ("POST", "/v2/resource_keys", #"{"name":"n"}"#, 400), ("GET", "/v2/resource_keys?limit=0", "", 400),
        ("POST", "/v2/resource_keys", #"{"name":"n","source":"other"}"#, 404),
        ("POST", "/v2/resource_keys", #"{"name":"n","source":"\#(source)","role":"Owner"}"#, 400),
        ("POST", "/v2/resource_keys", #"{"name":"n","source":"\#(source)","parameters":{"serviceid_crn":"x"}}"#, 400),
        ("GET", "/v2/resource_keys?colour=red", "", 400), ("GET", "/v2/resource_keys?start=none", "", 400),
        ("GET", "/v2/resource_keys/none", "", 404), ("PATCH", "/v2/resource_keys/none", #"{"name":"n"}"#, 404),
        ("GET", "/v2/resource_instances/none/resource_keys", "", 404), ("PUT", "/v2/resource_keys", "", 405),
        ("GET", "/v2/resource_instances", "", 404),
    ])
    func mistakesHaveTheErrorOfTheService(method: String, target: String, body: String, status: Int) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.call(method, target, body)
            #expect(response.status == status)
            #expect(try response.members().isSuperset(of: ["error_code", "message", "status_code", "transaction_id"]))
            #expect(try response.json()["status_code"]?.integer == status)
        }
    }
}
