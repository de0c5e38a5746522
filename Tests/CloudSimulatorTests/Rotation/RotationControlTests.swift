import CloudSimulator
import Crypto
import Foundation
import JOSE
import Logging
import Synchronization
import Testing

/// What of rotation is switched over `/simulator`.
@Suite struct RotationControlTests {
    @Test func apiKeysAreShownWithoutTheirValues() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.setPropagation(Propagation(apiKeyUse: .seconds(1)))
            let made = try await cloud.createAPIKey(headers: ["Entity-Lock": "true"])
            let list = try await cloud.client.send("GET", "/simulator/api-keys")
            let key = try #require(list.json().array?.last)
            #expect(key["id"]?.string == (try made.string("id")))
            #expect(key["created_at"]?.string == "2026-09-01T10:00:00.363Z")
            let flags = ["locked": true, "disabled": false, "usable": false, "readable": true, "expired": false]
            for (name, flag) in flags {
                #expect(key.members?.first { $0.name == name }?.value.bool == flag, "\(name)")
            }
            #expect(!list.text.contains(try made.string("apikey")) && !list.text.contains("simulator-api-key"))
        }
    }

    @Test(arguments: [
        (Endpoint.iamIdentity, "/v1/apikeys"), (.secretsManager, "/api/v2/secrets"),
        (.resourceController, "/v2/resource_keys"), (.keyProtect, "/api/v2/keys/none/metadata"),
    ])
    func aServiceCanBeForbidden(endpoint: Endpoint, target: String) async throws {
        try await TestCloud.run { cloud in
            let body = #"{"forbidden":["\#(endpoint.rawValue)"]}"#
            let set = try await cloud.client.send("PUT", "/simulator/rotation-rules", body: body)
            let rules = #"{"api_key_quota":20,"onetime_credentials":false,"forbidden":["\#(endpoint.rawValue)"]}"#
            #expect(set.text == rules)
            #expect(try await cloud.call("GET", target).status == 403)
            cloud.simulator.setRotationRules(RotationRules())
            #expect(try await cloud.call("GET", target).status != 403)
        }
    }

    @Test func keysAreMadeAndDeletedByTests() async throws {
        try await TestCloud.run { cloud in
            let value = Redacted("5d0f3b8a96c14e72a8d1f0c95b3e6a7488e2d41c07f9b5a3")
            let key = try #require(cloud.simulator.createAPIKey(named: "old", serviceID: "ServiceId-1", value: value))
            #expect(cloud.simulator.createAPIKey(named: "same", serviceID: "ServiceId-1", value: value) == nil)
            #expect(try await cloud.exchange(value.exposed) == "200")
            #expect(cloud.simulator.apiKeys.last?.useCount == 1)
            cloud.simulator.deleteAPIKey(key.id)
            #expect(try await cloud.exchange(value.exposed) == "400 BXNIM0415E")
        }
    }

    @Test func whatSecretsManagerAndKeyProtectHoldIsShownToTests() async throws {
        try await TestCloud.run { cloud in
            let id = "0b5571f7-21e6-42b7-91c5-3f5ac9793a46"
            _ = try await cloud.call("POST", "/api/v2/secrets/\(id)/versions", #"{"payload":"second"}"#)
            #expect(cloud.simulator.currentPayload(ofSecret: id)?.exposed == "second")
            #expect(cloud.simulator.currentPayload(ofSecret: "1c6682f8-32f7-4c8e-a2d6-4f6bdaa84b57") == nil)
            #expect(cloud.simulator.versionID(ofRootKey: "8f7e6d5c-4b3a-4291-8a7b-6c5d4e3f2a1b") != nil)
        }
    }

    @Test func aSecretIsMade() async throws {
        try await TestCloud.run { cloud in
            let body = #"{"name":"s","type":"kv","data":{"a":1},"id":"s1"}"#
            let made = try await cloud.client.send("POST", "/simulator/secrets", body: body)
            #expect(made.text == #"{"id":"s1","name":"s","type":"kv","group":"default"}"#)
            #expect(try await cloud.call("GET", "/api/v2/secrets/s1").json()["data"]?.text == #"{"a":1}"#)
            #expect(try await cloud.client.send("POST", "/simulator/secrets", body: body).status == 409)
            let other = try await cloud.client.send("POST", "/simulator/secrets", body: #"{"name":"t"}"#)
            #expect(try await cloud.call("GET", "/api/v2/secrets/\(other.string("id"))").status == 200)
            let list = try await cloud.client.send("GET", "/simulator/secrets")
            #expect(list.text.contains(made.text))
        }
    }

    @Test(arguments: [
        ("POST", "secrets", "", 400, "name is missing"), ("PUT", "secrets", "{}", 405, "other methods"),
        ("POST", "secrets", #"{"name":"n","data":{}}"#, 400, "data does not go with the type arbitrary"),
        ("POST", "secrets", #"{"name":"n","type":"iam_credentials","service_id":"x"}"#, 400, "must start with"),
        ("POST", "api-keys", "", 405, "other methods"),
        ("PUT", "rotation-rules", #"{"forbidden":["iam"]}"#, 400, "forbidden must be of"),
        ("PUT", "rotation-rules", #"{"api_key_quota":1001}"#, 400, "from 0 to 1000"),
    ])
    func mistakesAreNamed(method: String, path: String, body: String, status: Int, message: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send(method, "/simulator/\(path)", body: body)
            #expect(response.status == status)
            #expect(try #require(response.json()["error"]?["message"]?.string).contains(message))
        }
    }

    /// What `make test` looks for after the tests.
    @Test func whatIsGivenOutIsNotedByItsDigest() async throws {
        let notes = Notes()
        let simulator = CloudSimulator(keys: try TestKeys.keys(), now: { TestCloud.start }, noting: notes.add)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let secrets = try await simulator.withRunning(logger: logger) { address in
            let cloud = TestCloud(simulator: simulator, client: RawClient(port: address.port))
            let source = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
            let body = #"{"name":"n","source":"\#(source)","parameters":{"HMAC":true}}"#
            let credentials = try #require(
                try await cloud.call("POST", "/v2/resource_keys", body).json()["credentials"]
            )
            let secrets = "/api/v2/secrets"
            let password = try await cloud.call(
                "POST",
                "\(secrets)/2d7793f9-43f8-4d9f-b3e7-5f7ceb95bc68/versions",
                "{}"
            )
            let iamKey = try await cloud.call("POST", "\(secrets)/3e88a4fa-54f9-4eaf-84f8-6f8dfca6cd79/versions", "{}")
            return [
                try await cloud.createAPIKey().string("apikey"), try #require(credentials["apikey"]?.string),
                try #require(credentials["cos_hmac_keys"]?["secret_access_key"]?.string),
                try password.string("password"), try iamKey.string("api_key"),
            ]
        }
        for secret in secrets {
            let digest = SHA256.hash(data: Data(secret.utf8)).map { String(format: "%02x", $0) }.joined()
            #expect(notes.all.contains("\(secret.utf8.count) \(digest)"))
        }
    }

    private final class Notes: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }

        @Sendable func add(_ secret: IssuedSecret) {
            list.withLock { $0.append("\(secret.length) \(secret.digest)") }
        }
    }
}
