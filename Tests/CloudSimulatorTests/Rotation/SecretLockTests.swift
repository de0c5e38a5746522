import CloudSimulator
import Foundation
import JOSE
import Testing

/// Locks on versions of secrets.
@Suite struct SecretLockTests {
    private static let secret = "/api/v2/secrets/0b5571f7-21e6-42b7-91c5-3f5ac9793a46"

    private static func lock(_ cloud: TestCloud, _ name: String, _ rest: String = "") async throws -> RawResponse {
        let body = #"{"locks":[{"name":"\#(name)","description":"d","attributes":{"host":"h"}}]}"#
        return try await cloud.call("POST", "\(secret)/locks_bulk\(rest)", body)
    }

    private static func rotate(_ cloud: TestCloud) async throws -> Int? {
        try await cloud.call("POST", "\(secret)/versions", #"{"payload":"p"}"#).status
    }

    @Test func aLockedCurrentVersionLetsOneRotationPass() async throws {
        try await TestCloud.run { cloud in
            let locked = try await Self.lock(cloud, "host-1")
            #expect(locked.status == 201)
            let version = try #require(locked.json()["versions"]?.array?.first)
            #expect(version["version_alias"]?.string == "current")
            #expect(version["locks"]?.text == #"["host-1"]"#)
            #expect(try await Self.rotate(cloud) == 201)
            // The lock is on the previous version by now.
            let refused = try await cloud.call("POST", "\(Self.secret)/versions", #"{"payload":"p"}"#)
            #expect(refused.status == 412)
            #expect(try refused.vpcError()["code"]?.string == "secret_locked")
            #expect(try await cloud.call("DELETE", "\(Self.secret)/versions/previous/secret_data").status == 412)
        }
    }

    @Test(arguments: [("?mode=remove_previous", true), ("?mode=remove_previous_and_delete", false), ("", nil)])
    func aModeClearsThePreviousVersion(mode: String, keepsPayload: Bool?) async throws {
        try await TestCloud.run { cloud in
            _ = try await Self.lock(cloud, "host-1")
            _ = try await Self.rotate(cloud)
            _ = try await Self.lock(cloud, "host-1", mode)
            let previous = try await cloud.call("GET", "\(Self.secret)/versions/previous")
            #expect(try previous.json()["payload_available"]?.bool == keepsPayload ?? true)
            #expect(try await Self.rotate(cloud) == (keepsPayload == nil ? 412 : 201))
        }
    }

    @Test func locksOfOthersStayOnThePreviousVersion() async throws {
        try await TestCloud.run { cloud in
            for name in ["host-1", "host-2"] { _ = try await Self.lock(cloud, name) }
            _ = try await Self.rotate(cloud)
            let locked = try await Self.lock(cloud, "host-1", "?mode=remove_previous_and_delete")
            let versions = try #require(locked.json()["versions"]?.array)
            #expect(versions.map { $0["locks"]?.text } == [#"["host-1"]"#, #"["host-2"]"#])
            #expect(versions.map { $0["payload_available"]?.bool } == [true, true])
            #expect(try await Self.rotate(cloud) == 412)
        }
    }

    @Test(arguments: [("?name=a,b", ["c"]), ("?name=none", ["a", "b", "c"]), ("", [])])
    func locksAreTakenOff(query: String, rest: [String]) async throws {
        try await TestCloud.run { cloud in
            for name in ["a", "b", "c"] { _ = try await Self.lock(cloud, name) }
            let unlocked = try await cloud.call("DELETE", "\(Self.secret)/locks_bulk\(query)")
            #expect(unlocked.status == 200)
            let list = try await cloud.call("GET", "\(Self.secret)/locks")
            #expect(try list.json()["locks"]?.array?.compactMap { $0["name"]?.string } == rest)
            let metadata = try await cloud.call("GET", "\(Self.secret)/metadata")
            #expect(try metadata.json()["locks_total"]?.integer == rest.count)
        }
    }

    @Test func oneVersionIsLockedAndUnlocked() async throws {
        try await TestCloud.run { cloud in
            _ = try await Self.rotate(cloud)
            let body = #"{"locks":[{"name":"a"}]}"#
            let path = "\(Self.secret)/versions/previous/locks_bulk"
            #expect(try await cloud.call("POST", path, body).status == 201)
            #expect(try await Self.rotate(cloud) == 412)
            #expect(try await cloud.call("DELETE", path).status == 200)
            #expect(try await Self.rotate(cloud) == 201)
        }
    }

    @Test func lockedIAMCredentialsCannotBeRead() async throws {
        try await TestCloud.run { cloud in
            let path = "/api/v2/secrets/3e88a4fa-54f9-4eaf-84f8-6f8dfca6cd79"
            _ = try await cloud.call("POST", "\(path)/versions", "{}")
            #expect(try await cloud.call("GET", path).status == 200)
            _ = try await cloud.call("POST", "\(path)/locks_bulk", #"{"locks":[{"name":"a"}]}"#)
            #expect(try await cloud.call("GET", path).status == 412)
            #expect(try await cloud.call("GET", "\(path)/metadata").status == 200)
        }
    }

    @Test func thereIsAnEndToLocks() async throws {
        try await TestCloud.run { cloud in
            let names = (0..<1_000).map { #"{"name":"l\#($0)"}"# }.joined(separator: ",")
            let body = #"{"locks":[\#(names)]}"#
            #expect(try await cloud.call("POST", "\(Self.secret)/locks_bulk", body).status == 201)
            // Those that are there already are replaced.
            #expect(try await cloud.call("POST", "\(Self.secret)/locks_bulk", body).status == 201)
            let refused = try await Self.lock(cloud, "one-more")
            #expect(refused.status == 400)
            #expect(try refused.vpcError()["code"]?.string == "too_many_locks")
        }
    }

    @Test(arguments: [
        ("", "{}", "locks is missing"), ("", #"{"locks":[]}"#, "must be 1 to 1000"),
        ("", #"{"locks":[{}]}"#, "locks[0].name is missing"),
        ("?mode=all", #"{"locks":[{"name":"a"}]}"#, "mode must be"),
    ])
    func mistakesAreNamed(query: String, body: String, message: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.call("POST", "\(Self.secret)/locks_bulk\(query)", body)
            #expect(response.status == 400)
            #expect(try #require(response.vpcError()["message"]?.string).contains(message))
        }
    }
}
