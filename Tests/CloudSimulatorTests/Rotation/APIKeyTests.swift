import CloudSimulator
import Foundation
import JOSE
import Logging
import Testing

/// `/v1/apikeys…`.
@Suite struct APIKeyTests {
    @Test func aKeyIsMadeAndItsValueToldOnce() async throws {
        try await TestCloud.run { cloud in
            let more = #","description":"by rotation","expires_at":"2026-12-01T10:00+0000","action_when_leaked":"none""#
            let made = try await cloud.createAPIKey(more)
            #expect(made.status == 201)
            let (id, value) = (try made.string("id"), try made.string("apikey"))
            let key = try made.json()
            #expect(key["created_at"]?.string == "2026-09-01T10:00+0000")
            #expect(key["created_by"]?.string == "iam-Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b")
            #expect(key["context"]?["operation"]?.string == "CREATE_API_KEY")
            let read = try await cloud.call("GET", "/v1/apikeys/\(id)")
            #expect(try read.string("apikey").isEmpty)
            #expect(read.headers["etag"] == (try read.string("entity_tag")))
            for (name, text) in [
                ("description", "by rotation"), ("expires_at", "2026-12-01T10:00+0000"), ("action_when_leaked", "none"),
            ] {
                #expect(try read.json().members?.first { $0.name == name }?.value.string == text)
            }
            let details = try await cloud.call("GET", "/v1/apikeys/details", headers: ["IAM-ApiKey": value])
            #expect(try details.string("id") == id)
            let list = try await cloud.call("GET", "/v1/apikeys?iam_id=\(TestCloud.serviceID)")
            #expect(try list.json()["apikeys"]?.array?.compactMap { $0["id"]?.string }.last == id)
            #expect(![read, details, list].contains { $0.text.contains(value) })
            #expect(try await cloud.exchange(value) == "200")
        }
    }

    @Test func aStoredValueCanBeReadAgain() async throws {
        try await TestCloud.run { cloud in
            let made = try await cloud.createAPIKey(#","store_value":true"#)
            let read = try await cloud.call("GET", "/v1/apikeys/\(made.string("id"))")
            #expect(try read.string("apikey") == made.string("apikey"))
        }
    }

    @Test(arguments: [
        ("", 400, "name is missing"),
        (#"{"name":"n"}"#, 400, "iam_id is missing"),
        (#"{"name":"n","iam_id":"IBMid-1"}"#, 400, "no keys of users"),
        (#"{"name":"n","iam_id":"iam-ServiceId-1","apikey":"0123456789012345678901234567890"}"#, 400, "32 characters"),
        (#"{"name":"n","iam_id":"iam-ServiceId-1","expires_at":"2026-12-01T10:00:00Z"}"#, 400, "expires_at must be"),
        (#"{"name":"n","iam_id":"iam-ServiceId-1","colour":"red"}"#, 400, "colour is not known"),
        (#"{"name":"n","iam_id":"iam-ServiceId-1","account_id":"other"}"#, 403, "not authorized"),
    ])
    func whatIsNoKeyIsRefused(body: String, status: Int, message: String) async throws {
        try await TestCloud.run { cloud in
            let body = body.isEmpty ? #"{"iam_id":"iam-ServiceId-1"}"# : body
            let response = try await cloud.call("POST", "/v1/apikeys", body)
            #expect(response.status == status)
            #expect(response.text.contains(message))
            #expect(cloud.simulator.apiKeys.count == 1)
        }
    }

    @Test func anOwnValueMustBeNobodyElses() async throws {
        try await TestCloud.run { cloud in
            let value = "a17c4e95b2d80f36719e5ac3d4f86b0297c1e8a35d4f6b90"
            let first = try await cloud.createAPIKey(#","apikey":"\#(value)""#)
            #expect(try first.string("apikey") == value)
            let second = try await cloud.createAPIKey(#","apikey":"\#(value)""#)
            #expect(second.status == 409)
            #expect(second.text.contains("value_in_use"))
            #expect(!second.text.contains(value))
        }
    }

    /// Without notes for the search for leaks, which is slow for values as short as this.
    @Test func anOwnValueMayHave32Characters() async throws {
        let simulator = CloudSimulator(keys: try TestKeys.keys(), now: { TestCloud.start })
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await simulator.withRunning(logger: logger) { address in
            let cloud = TestCloud(simulator: simulator, client: RawClient(port: address.port))
            let value = String(repeating: "ab", count: 16)
            let made = try await cloud.createAPIKey(#","apikey":"\#(value)""#)
            #expect(made.status == 201)
        }
    }

    @Test func theQuotaCountsTheKeysOfOneIdentity() async throws {
        try await TestCloud.run { cloud in
            #expect(cloud.simulator.rotationRules.apiKeyQuota == 20)
            for _ in 1..<20 { #expect(try await cloud.createAPIKey().status == 201) }
            let refused = try await cloud.createAPIKey()
            #expect(refused.status == 409)
            #expect(try refused.json()["errors"]?.array?.first?["code"]?.string == "api_key_quota_reached")
            let other = try await cloud.call("POST", "/v1/apikeys", #"{"name":"n","iam_id":"iam-ServiceId-other"}"#)
            #expect(other.status == 201)
            let last = try #require(cloud.simulator.apiKeys.first { $0.name == "new" })
            #expect(try await cloud.call("DELETE", "/v1/apikeys/\(last.id)").status == 204)
            #expect(try await cloud.createAPIKey().status == 201)
        }
    }

    @Test func aChangeNeedsTheTagOfTheLast() async throws {
        try await TestCloud.run { cloud in
            let made = try await cloud.createAPIKey(#","description":"d""#)
            let (path, tag) = ("/v1/apikeys/\(try made.string("id"))", try made.string("entity_tag"))
            let body = #"{"name":"renamed","description":""}"#
            #expect(try await cloud.call("PUT", path, body).status == 400)
            let changed = try await cloud.call("PUT", path, body, headers: ["If-Match": tag])
            #expect(try changed.string("name") == "renamed")
            #expect(try changed.json()["description"] == nil)
            #expect(try changed.string("entity_tag") != tag)
            #expect(try await cloud.call("PUT", path, body, headers: ["If-Match": tag]).status == 409)
            #expect(try await cloud.call("PUT", path, body, headers: ["If-Match": "*"]).status == 200)
        }
    }

    @Test func aLockedKeyRefusesWritesAndStillOpens() async throws {
        try await TestCloud.run { cloud in
            let made = try await cloud.createAPIKey(headers: ["Entity-Lock": "true"])
            let (path, value) = ("/v1/apikeys/\(try made.string("id"))", try made.string("apikey"))
            for (method, suffix) in [("DELETE", ""), ("PUT", ""), ("POST", "/disable"), ("DELETE", "/disable")] {
                let body = method == "PUT" ? "{}" : ""
                let refused = try await cloud.call(method, path + suffix, body, headers: ["If-Match": "*"])
                #expect(refused.status == 412, "\(method) \(suffix)")
            }
            #expect(try await cloud.exchange(value) == "200")
            #expect(try await cloud.call("DELETE", "\(path)/lock").status == 204)
            #expect(try await cloud.call("DELETE", path).status == 204)
            #expect(try await cloud.call("GET", path).status == 404)
            #expect(try await cloud.exchange(value) == "400 BXNIM0415E")
        }
    }

    @Test func aDisabledKeyOpensNothingUntilItIsEnabled() async throws {
        try await TestCloud.run { cloud in
            let made = try await cloud.createAPIKey()
            let (path, value) = ("/v1/apikeys/\(try made.string("id"))", try made.string("apikey"))
            #expect(try await cloud.call("POST", "\(path)/disable").status == 204)
            #expect(try await cloud.exchange(value) == "400 BXNIM0415E")
            #expect(try await cloud.call("GET", path).json()["disabled"]?.bool == true)
            #expect(try await cloud.call("DELETE", "\(path)/disable").status == 204)
            #expect(try await cloud.exchange(value) == "200")
        }
    }

    @Test func usesAreCounted() async throws {
        try await TestCloud.run { cloud in
            let made = try await cloud.createAPIKey()
            let (path, value) = ("/v1/apikeys/\(try made.string("id"))", try made.string("apikey"))
            let unused = try await cloud.call("GET", "\(path)?include_activity=true")
            #expect(try unused.json()["activity"]?.text == #"{"authn_count":0}"#)
            cloud.simulator.clockOffset = 1_860
            _ = try await cloud.exchange(value)
            _ = try await cloud.exchange(value)
            let used = try await cloud.call("GET", "\(path)?include_activity=true")
            #expect(try used.json()["activity"]?.text == #"{"last_authn":"2026-09-01T10:31+0000","authn_count":2}"#)
            #expect(try await cloud.call("GET", path).json()["activity"] == nil)
        }
    }

    /// 2026-09-01T11:00Z is 3599.637 seconds after the start of the tests.
    @Test(arguments: [(3_599, "200"), (3_600, "400 BXNIM0415E")])
    func aKeyEndsAtItsTime(seconds: Int, outcome: String) async throws {
        try await TestCloud.run { cloud in
            let made = try await cloud.createAPIKey(#","expires_at":"2026-09-01T11:00+0000""#)
            cloud.simulator.clockOffset = seconds
            #expect(try await cloud.exchange(made.string("apikey")) == outcome)
        }
    }

    @Test(arguments: [(90, 200), (91, 404)])
    func aKeyThatEndedLongAgoIsGoneThoughItIsLocked(days: Int, status: Int) async throws {
        try await TestCloud.run { cloud in
            let more = #","expires_at":"2026-09-01T11:00+0000""#
            let made = try await cloud.createAPIKey(more, headers: ["Entity-Lock": "true"])
            cloud.simulator.clockOffset = days * 86_400
            #expect(try await cloud.call("GET", "/v1/apikeys/\(made.string("id"))").status == status)
        }
    }

    @Test(arguments: [
        ("GET", "/none", 404), ("PUT", "/none", 404), ("DELETE", "/none", 404), ("POST", "/none/lock", 404),
        ("POST", "/none/moon", 404), ("PATCH", "/none", 405), ("GET", "/none/lock", 405), ("GET", "/details", 400),
        ("GET", "/none?colour=red", 400),
    ])
    func whatIsNotThereIsRefused(method: String, path: String, status: Int) async throws {
        try await TestCloud.run { cloud in
            let headers = ["If-Match": "*"]
            let response = try await cloud.call(method, "/v1/apikeys\(path)", "{}", headers: headers)
            #expect(response.status == status)
            #expect(try response.members() == ["context", "errors", "status_code", "trace"])
        }
    }

    @Test func keysOfTheInstanceFileHaveStableIDs() async throws {
        var instance = SimulatedInstance()
        instance.apiKeys.append(
            ServiceIDKey(name: "second", serviceID: instance.apiKeys[0].serviceID, key: Redacted("other-value"))
        )
        let id = "ApiKey-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"
        let simulator = CloudSimulator(instance: instance, keys: try TestKeys.keys(), now: { TestCloud.start })
        #expect(simulator.apiKeys.map(\.id) == [id, "\(id)-2"])
    }
}
