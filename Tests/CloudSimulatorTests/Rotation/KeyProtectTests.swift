import CloudSimulator
import Foundation
import JOSE
import Testing

/// `/api/v2/keys/{id}/…` of Key Protect.
@Suite struct KeyProtectTests {
    private static let generated = "8f7e6d5c-4b3a-4291-8a7b-6c5d4e3f2a1b"
    private static let imported = "9a8f7e6d-5c4b-4a39-9281-7b6c5d4e3f2a"
    private static let instance = "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d"

    private static func rotate(_ cloud: TestCloud, _ id: String, _ body: String = "") async throws -> RawResponse {
        let headers = [
            "bluemix-instance": instance, "Content-Type": "application/vnd.ibm.kms.key_action+json",
        ]
        return try await cloud.call("POST", "/api/v2/keys/\(id)/actions/rotate", body, headers: headers)
    }

    private static func metadata(_ cloud: TestCloud, _ id: String) async throws -> JSONValue {
        let headers = ["bluemix-instance": instance]
        let response = try await cloud.call("GET", "/api/v2/keys/\(id)/metadata", headers: headers)
        return try #require(response.json()["resources"]?.array?.first)
    }

    @Test func aRotationIsANewVersion() async throws {
        try await TestCloud.run { cloud in
            let before = try await Self.metadata(cloud, Self.generated)
            #expect(before["lastRotateDate"] == nil && before["extractable"]?.bool == false)
            cloud.simulator.clockOffset = 60
            let rotated = try await Self.rotate(cloud, Self.generated)
            #expect(rotated.status == 204 && rotated.body.isEmpty)
            let after = try await Self.metadata(cloud, Self.generated)
            #expect(after["lastRotateDate"]?.string == "2026-09-01T10:01:00Z")
            #expect(after["keyVersion"]?["creationDate"]?.string == "2026-09-01T10:01:00Z")
            #expect(after["keyVersion"]?["id"]?.string != before["keyVersion"]?["id"]?.string)
            #expect(after["state"]?.integer == 1)
        }
    }

    @Test(arguments: [(3_599, 409), (3_600, 204)])
    func aKeyIsRotatedOnceAnHour(seconds: Int, status: Int) async throws {
        try await TestCloud.run { cloud in
            #expect(try await Self.rotate(cloud, Self.generated).status == 204)
            cloud.simulator.clockOffset = seconds
            let response = try await Self.rotate(cloud, Self.generated)
            #expect(response.status == status)
            #expect(response.text.contains("KEY_ROTATION_NOT_PERMITTED") == (status == 409))
        }
    }

    @Test(arguments: [
        (imported, "", 400, "KEY_PAYLOAD_REQ_ERR"), (imported, "{}", 400, "KEY_PAYLOAD_REQ_ERR"),
        (imported, #"{"payload":"aGVsbG8="}"#, 204, ""), (imported, #"{"payload":"?"}"#, 400, "must be Base64"),
        (generated, #"{"payload":"aGVsbG8="}"#, 400, "KEY_PAYLOAD_INVALID_ERR"), ("none", "", 404, "KEY_NOT_FOUND_ERR"),
    ])
    func importedKeysNeedAPayload(id: String, body: String, status: Int, part: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await Self.rotate(cloud, id, body)
            #expect(response.status == status)
            #expect(response.text.contains(part) || part.isEmpty)
        }
    }

    @Test(arguments: [([:], 400), (["bluemix-instance": "other"], 404)])
    func theInstanceMustBeNamed(headers: [String: String], status: Int) async throws {
        try await TestCloud.run { cloud in
            let target = "/api/v2/keys/\(Self.generated)/metadata"
            let response = try await cloud.call("GET", target, headers: headers)
            #expect(response.status == status)
            #expect(try response.members() == ["metadata", "resources"])
        }
    }

    @Test func withoutATokenNothingIsRotated() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send("POST", "/api/v2/keys/\(Self.generated)/actions/rotate")
            #expect(response.status == 401)
        }
    }
}
