import CloudSimulator
import Crypto
import Foundation
import JOSE
import Logging
import Synchronization
import Testing

/// `/simulator/hmac-pairs`, and what a pair opens.
@Suite struct HMACPairTests {
    private static let builtIn = "0123456789abcdef0123456789abcdef"

    @Test func aPairIsMadeAndItsSecretToldOnce() async throws {
        try await TestCloud.run { cloud in
            let made = try await cloud.client.send("POST", "/simulator/hmac-pairs", body: #"{"name":"nightly"}"#)
            let (id, secret) = (try made.string("access_key_id"), try made.string("secret_access_key"))
            #expect(id.wholeMatch(of: /[0-9a-f]{32}/) != nil && secret.wholeMatch(of: /[0-9a-f]{48}/) != nil)
            let list = try await cloud.client.send("GET", "/simulator/hmac-pairs")
            #expect(list.text.contains(#"{"name":"nightly","access_key_id":"\#(id)","enabled":true}"#))
            let overview = try await cloud.client.send("GET", "/simulator")
            #expect(![list, overview].contains { $0.text.contains(secret) })
        }
    }

    @Test func aPairThatIsNotEnabledOpensNothing() async throws {
        try await TestCloud.run { cloud in
            let path = "/simulator/hmac-pairs/\(Self.builtIn)"
            for (body, outcome) in [(#"{"enabled":false}"#, "InvalidAccessKeyId"), (#"{"enabled":true}"#, "200")] {
                let set = try await cloud.client.send("PUT", path, body: body)
                #expect(set.status == 200)
                let response = try await cloud.send(try .named("put"))
                #expect(response.outcome == outcome)
            }
            let deleted = try await cloud.client.send("DELETE", path)
            #expect(deleted.text == "[]")
            let refused = try await cloud.send(try .named("put"))
            #expect(refused.outcome == "InvalidAccessKeyId")
        }
    }

    @Test(arguments: [
        ("PUT", "/\(builtIn)", "{}", 400, "enabled is missing"),
        ("PUT", "/none", #"{"enabled":true}"#, 404, "no HMAC pair has that access key ID"),
        ("DELETE", "/none", "", 404, "no HMAC pair has that access key ID"),
        ("POST", "", #"{"secret":"x"}"#, 400, "secret is not known"), ("DELETE", "", "", 405, "other methods"),
    ])
    func mistakesAreNamed(method: String, path: String, body: String, status: Int, message: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send(method, "/simulator/hmac-pairs\(path)", body: body)
            #expect(response.status == status)
            #expect(try #require(response.json()["error"]?["message"]?.string).contains(message))
        }
    }

    /// What `make test` looks for after the tests.
    @Test func secretsThatAreGivenOutAreNotedByTheirDigests() async throws {
        let notes = Mutex<[String]>([])
        let simulator = CloudSimulator(
            keys: try TestKeys.keys(),
            now: { TestCloud.start },
            noting: { secret in notes.withLock { $0.append("\(secret.length) \(secret.digest)") } }
        )
        let pair = try #require(simulator.createHMACPair(named: "noted"))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let token = try await simulator.withRunning(logger: logger) { address in
            let client = RawClient(port: address.port)
            return try await TestCloud(simulator: simulator, client: client).identityToken()
        }
        let secrets = [pair.secretAccessKey.exposed, String(try #require(token.split(separator: ".").last))]
        let digests = secrets.map { secret in
            let digest = SHA256.hash(data: Data(secret.utf8)).map { String(format: "%02x", $0) }.joined()
            return "\(secret.utf8.count) \(digest)"
        }
        #expect(notes.withLock { $0 } == digests)
    }

    @Test func thereIsAnEndToThePairs() async throws {
        try await TestCloud.run { cloud in
            while cloud.simulator.createHMACPair(named: "more") != nil {}
            #expect(cloud.simulator.hmacPairs.count == 100)
            let refused = try await cloud.client.send("POST", "/simulator/hmac-pairs")
            #expect(refused.status == 409)
        }
    }

    @Test(arguments: [
        (#"[{"name":"a","access_key_id":"1/2","secret_access_key":"3"}]"#, "must not contain '/'"),
        (#"[{"name":"a","access_key_id":"1"}]"#, "secret_access_key is missing"),
        (
            #"[{"name":"a","access_key_id":"1","secret_access_key":"2"},{"name":"b","access_key_id":"1","secret_access_key":"2"}]"#,
            "is there twice"
        ),
    ])
    func mistakesInTheInstanceFileAreNamed(pairs: String, message: String) throws {
        do {
            _ = try SimulatedInstance(parsing: Array(#"{"hmac_pairs":\#(pairs)}"#.utf8))
            Issue.record("it was read")
        } catch {
            #expect("\(error)".contains(message))
        }
    }

    @Test func thePairsOfTheInstanceFileMaySign() async throws {
        let file = #"{"hmac_pairs":[{"name":"a","access_key_id":"1","secret_access_key":"2"}]}"#
        try await TestCloud.run(instance: SimulatedInstance(parsing: Array(file.utf8))) { cloud in
            #expect(cloud.simulator.hmacPairs.map(\.accessKeyID) == ["1"])
            let refused = try await cloud.send(try .named("put"))
            #expect(refused.outcome == "InvalidAccessKeyId")
        }
    }
}
