import IBMCloud
import JOSE
import Testing
import TokenBroker

@Suite struct IAMKeySetTests {
    private static func keys() throws -> String {
        let key = try SigningKey(generating: .edDSA, id: "202608310826")
        return #"{"keys":[\#(try key.publicJWK()),{"kty":"odd"}]}"#
    }

    @Test func theKeysAreFetched() async throws {
        try await World.withServer(.json(200, Self.keys())) { client, server in
            let keys = try await client.keySet.keySet()
            #expect(keys.keyIDs == ["202608310826"])
            #expect(server.requests.map(\.line) == ["GET /identity/keys HTTP/1.1"])
            #expect(server.requests.first?.header("Authorization") == nil)
        }
    }

    @Test func anotherURLMayBeGiven() async throws {
        try await ScriptedServer.run([.json(200, Self.keys())]) { server in
            var configuration = try World.configuration(port: 1)
            configuration.iam.keySetURL = ServiceURL("http://127.0.0.1:\(server.port)/mirror/jwks.json")
            try await World.withClient(configuration) { client in
                let keys = try await client.keySet.keySet()
                #expect(keys.count == 1)
                #expect(server.requests.map(\.line) == ["GET /mirror/jwks.json HTTP/1.1"])
            }
        }
    }

    @Test(arguments: [
        ("", "malformed"),
        ("{}", "no array named keys"),
        (#"{"keys":[]}"#, "none of its 0 keys"),
        (#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "none of its 1 keys"),
    ])
    func aSetWithoutAUsableKeyIsRefused(body: String, named: String) async throws {
        try await World.withServer(.json(200, body)) { client, _ in
            let error = try await World.failure { try await client.keySet.keySet() }
            #expect(error.code == .malformedAnswer)
            #expect(error.message.contains(named))
        }
    }

    @Test func aSetIsReadUpToItsLimit() async throws {
        let keys = try Self.keys()
        func padded(_ size: Int) -> Reply { .json(200, keys + String(repeating: " ", count: size - keys.utf8.count)) }
        try await World.withServer(padded(512 * 1_024), padded(512 * 1_024 + 1)) { client, _ in
            let whole = try await client.keySet.keySet()
            #expect(whole.count == 1)
            let error = try await World.failure { try await client.keySet.keySet() }
            #expect(error.code == .malformedAnswer)
        }
    }

    @Test(arguments: [
        (401, AcquisitionError.Code.requestRejected), (403, .forbidden), (404, .requestRejected),
        (500, .upstreamFailed), (204, .malformedAnswer),
    ])
    func aStatusBecomesATypedError(status: Int, expected: AcquisitionError.Code) async throws {
        try await World.withServer(.raw("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n")) { client, server in
            let error = try await World.failure { try await client.keySet.keySet() }
            #expect(error.code == expected)
            #expect(error.message.hasPrefix("no key set from http://127.0.0.1:\(server.port)/identity/keys: "))
        }
    }

    // The clock of the client stands still at ten o'clock.
    @Test(arguments: [
        ("Date: Tue, 01 Sep 2026 10:00:00 GMT", true), ("Date: yesterday", false), ("X-Date: none", false),
    ])
    func aProbeReadsTheClockOfTheAnswer(header: String, isRead: Bool) async throws {
        try await World.withServer(.json(200, Self.keys(), headers: [header])) { client, _ in
            let reading = try await client.keySet.probe()
            // The date is cut to a whole second, so half of one is assumed.
            #expect(reading.clock?.offset == (isRead ? -0.5 : nil))
        }
    }

    @Test func aProbeOfSomethingElseFails() async throws {
        try await World.withServer(.json(200, "{}")) { client, _ in
            let error = try await World.failure { try await client.keySet.probe() }
            #expect(error.code == .malformedAnswer)
        }
    }
}
