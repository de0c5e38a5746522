import CloudSimulator
import Foundation
import JOSE
import Testing

/// `/api/v2/secrets/{id}` and its versions.
@Suite struct SecretVersionTests {
    private static let arbitrary = "/api/v2/secrets/0b5571f7-21e6-42b7-91c5-3f5ac9793a46"
    private static let credentials = "/api/v2/secrets/3e88a4fa-54f9-4eaf-84f8-6f8dfca6cd79"

    private static func rotate(_ cloud: TestCloud, _ text: String) async throws -> RawResponse {
        try await cloud.call("POST", "\(arbitrary)/versions", #"{"payload":"\#(text)"}"#)
    }

    @Test func aSecretIsReadByItsIDAndByItsName() async throws {
        try await TestCloud.run { cloud in
            let name = "/api/v2/secret_groups/default/secret_types/arbitrary/secrets/broker-database"
            for target in [Self.arbitrary, name] {
                let read = try await cloud.call("GET", target)
                #expect(read.status == 200)
                #expect(try read.string("payload") == "simulator-database-password")
            }
            let metadata = try await cloud.call("GET", "\(Self.arbitrary)/metadata")
            #expect(try metadata.json()["payload"] == nil)
            #expect(try await cloud.call("GET", name.replacing("arbitrary", with: "kv")).status == 404)
        }
    }

    @Test func aNewVersionIsCurrentAndTheOneBeforePrevious() async throws {
        try await TestCloud.run { cloud in
            let body = #"{"payload":"second","version_custom_metadata":{"rotation":"r1","n":[1,2]}}"#
            let made = try await cloud.call("POST", "\(Self.arbitrary)/versions", body)
            #expect(made.status == 201)
            #expect(try made.string("alias") == "current")
            #expect(try made.string("payload") == "second")
            for (version, payload) in [
                ("current", "second"), ("previous", "simulator-database-password"), (try made.string("id"), "second"),
            ] {
                let read = try await cloud.call("GET", "\(Self.arbitrary)/versions/\(version)")
                #expect(try read.string("payload") == payload)
                let metadata = try await cloud.call("GET", "\(Self.arbitrary)/versions/\(version)/metadata")
                #expect(metadata.status == 200 && !metadata.text.contains(payload))
            }
            let list = try await cloud.call("GET", "\(Self.arbitrary)/versions")
            let versions = try #require(list.json()["versions"]?.array)
            #expect(versions.map { $0["alias"]?.string } == ["current", "previous"])
            #expect(versions[0]["version_custom_metadata"]?.text == #"{"rotation":"r1","n":[1,2]}"#)
            #expect(!list.text.contains("second"))
        }
    }

    @Test func onlyCurrentAndPreviousHoldSomething() async throws {
        try await TestCloud.run { cloud in
            for text in ["second", "third"] { _ = try await Self.rotate(cloud, text) }
            let list = try await cloud.call("GET", "\(Self.arbitrary)/versions")
            let versions = try #require(list.json()["versions"]?.array)
            #expect(versions.map { $0["payload_available"]?.bool } == [true, true, false])
            let oldest = try #require(versions[2]["id"]?.string)
            let read = try await cloud.call("GET", "\(Self.arbitrary)/versions/\(oldest)")
            #expect(try read.json()["payload"] == nil)
        }
    }

    @Test func metadataOfFiftyVersionsAreKept() async throws {
        try await TestCloud.run { cloud in
            for count in 1...50 { _ = try await Self.rotate(cloud, "\(count)") }
            let list = try await cloud.call("GET", "\(Self.arbitrary)/versions")
            #expect(try list.json()["total_count"]?.integer == 50)
            #expect(cloud.simulator.versionCount(ofSecret: "0b5571f7-21e6-42b7-91c5-3f5ac9793a46") == 51)
        }
    }

    @Test func aVersionCanBeWiped() async throws {
        try await TestCloud.run { cloud in
            _ = try await Self.rotate(cloud, "second")
            #expect(try await cloud.call("DELETE", "\(Self.arbitrary)/versions/previous/secret_data").status == 204)
            let previous = try await cloud.call("GET", "\(Self.arbitrary)/versions/previous")
            #expect(try previous.json()["payload_available"]?.bool == false)
            #expect(try await cloud.call("GET", Self.arbitrary).string("payload") == "second")
        }
    }

    @Test func eachTypeHasABodyOfItsOwn() async throws {
        try await TestCloud.run { cloud in
            let keyValue = "/api/v2/secrets/1c6682f8-32f7-4c8e-a2d6-4f6bdaa84b57"
            let data = #"{"user":"a","list":[1,{"b":null}]}"#
            let made = try await cloud.call("POST", "\(keyValue)/versions", #"{"data":\#(data)}"#)
            #expect(try made.json()["data"]?.text == data)
            let login = "/api/v2/secrets/2d7793f9-43f8-4d9f-b3e7-5f7ceb95bc68"
            let given = try await cloud.call("POST", "\(login)/versions", #"{"password":"mine"}"#)
            #expect(try given.string("password") == "mine" && given.string("username") == "simulator")
            let generated = try await cloud.call("POST", "\(login)/versions", "{}")
            #expect(try generated.string("password").count == 48)
        }
    }

    @Test func iamCredentialsAreAPIKeysOfIAM() async throws {
        try await TestCloud.run { cloud in
            var keys: [String] = []
            for _ in 0..<3 {
                let made = try await cloud.call("POST", "\(Self.credentials)/versions", "{}")
                #expect(made.status == 201)
                keys.append(try made.string("api_key"))
                #expect(try made.string("api_key_id") == cloud.simulator.apiKeys.last?.id)
            }
            // The key of a version that is neither current nor previous is deleted with it.
            var outcomes: [String] = []
            for key in keys { outcomes.append(try await cloud.exchange(key)) }
            #expect(outcomes == ["400 BXNIM0415E", "200", "200"])
            let restored = try await cloud.call(
                "POST",
                "\(Self.credentials)/versions",
                #"{"restore_from_version":"previous"}"#
            )
            #expect(try restored.string("api_key") == keys[1])
            outcomes = []
            for key in keys { outcomes.append(try await cloud.exchange(key)) }
            #expect(outcomes == ["400 BXNIM0415E", "200", "200"])
            #expect(try await cloud.call("DELETE", "\(Self.credentials)/versions/current/secret_data").status == 204)
            #expect(try await cloud.exchange(keys[1]) == "400 BXNIM0415E")
        }
    }

    @Test func iamCredentialsMeetTheQuota() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.setRotationRules(RotationRules(apiKeyQuota: 1))
            let refused = try await cloud.call("POST", "\(Self.credentials)/versions", "{}")
            #expect(refused.status == 409)
            #expect(try refused.vpcError()["code"]?.string == "api_key_not_made")
            #expect(cloud.simulator.apiKeys.count == 1)
        }
    }

    @Test(arguments: [(1_048_576, 201), (1_048_577, 413)])
    func aPayloadHasAMebibyte(count: Int, status: Int) async throws {
        try await TestCloud.run { cloud in
            let response = try await Self.rotate(cloud, String(repeating: "a", count: count))
            #expect(response.status == status)
        }
    }

    /// `{"a":""}` has 8 bytes of its own.
    @Test(arguments: [(524_288, 201), (524_289, 413)])
    func dataHaveHalfOfThat(count: Int, status: Int) async throws {
        try await TestCloud.run { cloud in
            let data = #"{"a":"\#(String(repeating: "a", count: count - 8))"}"#
            let path = "/api/v2/secrets/1c6682f8-32f7-4c8e-a2d6-4f6bdaa84b57/versions"
            let response = try await cloud.call("POST", path, #"{"data":\#(data)}"#)
            #expect(response.status == status)
        }
    }

    @Test(arguments: [
        ("POST", "\(arbitrary)/versions", "{}", 400, "payload is missing"),
        ("POST", "\(arbitrary)/versions", #"{"data":{}}"#, 400, "data is not known"),
        ("POST", "\(arbitrary)/versions", #"{"payload":"p","version_custom_metadata":1}"#, 400, "must be an object"),
        ("POST", "\(credentials)/versions", #"{"restore_from_version":"current"}"#, 400, "must be 'previous'"),
        ("POST", "\(credentials)/versions", #"{"restore_from_version":"previous"}"#, 404, "no such version"),
        ("GET", "/api/v2/secrets/none", "", 404, "no such secret"),
        ("GET", "\(arbitrary)/versions/previous", "", 404, "no such version"),
        ("PUT", "\(arbitrary)/versions", "", 405, "does not play"),
        ("GET", "/api/v2/secret_groups/default", "", 404, "no such resource"),
    ])
    func mistakesAreNamed(method: String, target: String, body: String, status: Int, message: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.call(method, target, body)
            #expect(response.status == status)
            #expect(try #require(response.vpcError()["message"]?.string).contains(message))
        }
    }
}
