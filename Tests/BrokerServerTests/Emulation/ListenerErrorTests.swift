import JOSE
import Testing

@testable import BrokerServer

/// What never becomes a request to a route is refused as IBM's metadata service would.
@Suite(.timeLimit(.minutes(2)))
struct ListenerErrorTests {
    @Test(arguments: [
        (
            "POST /identity/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "request"
        ),
        ("GET /identity/keys HTTP/1.1\r\nHost: HOST\r\nA: b\r\n c\r\n\r\n", "request"),
        ("GET /identity/keys HTTP/1.1\nHost: HOST\n\n", "request"),
        ("POST /identity/token HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "request"),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}", "request"),
        ("GET /identity/keys HTTP/1.1\r\n\r\n", "exactly one Host header"),
        ("GET /identity/keys HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", "exactly one Host header"),
        ("GET http://HOST/identity/keys HTTP/1.1\r\nHost: HOST\r\n\r\n", "must be a path"),
        (
            "GET /identity/keys HTTP/1.1\r\nHost: HOST\r\nX: \(String(repeating: "a", count: 9_000))\r\n\r\n",
            "too large"
        ),
    ])
    func whatCannotBeReadIsToldInIBMsShape(bytes: String, message: String) async throws {
        try await EmulationWorld.run { emulation in
            let client = try await emulation.client()
            client.send(bytes.replacing("HOST", with: "127.0.0.1:\(emulation.port)"))
            try expect(try await client.answer(), 400, "invalid_request", message)
            #expect(try await client.end().isEmpty)
        }
    }

    @Test func aBodyThatIsTooLargeIsToldInIBMsShape() async throws {
        try await EmulationWorld.run { emulation in
            let body = String(repeating: "a", count: 16 * 1_024 + 1)
            let answer = try await emulation.ask(emulation.request("POST", "/identity/token", body: body))
            try expect(answer, 413, "invalid_request", "larger than 16384 bytes")
        }
    }

    /// It takes the two seconds.
    @Test func aHeadThatDoesNotArriveIsToldInIBMsShape() async throws {
        try await EmulationWorld.run(limits: .init()) { emulation in
            let client = try await emulation.client()
            client.send("GET /identity/keys HTTP/1.1\r\n")
            try expect(try await client.answer(), 408, "invalid_request", "did not arrive within 2 seconds")
            #expect(try await client.end().isEmpty)
        }
    }

    @Test(arguments: [(1, 10, "all 1 connections"), (10, 1, "holds 1 connections")])
    func aConnectionTooManyIsToldInIBMsShape(total: Int, user: Int, message: String) async throws {
        var limits = ConnectionLimits()
        (limits.connections, limits.connectionsPerUser) = (total, user)
        try await EmulationWorld.run(limits: limits) { emulation in
            let first = try await emulation.client()
            first.send(emulation.request("GET", "/nothing"))
            #expect(try await first.answer().status == 404)
            let second = try await emulation.client()
            let answer = try await second.answer()
            try expect(answer, 503, "service_error", message)
            #expect(answer["Retry-After"] == ["1"])
            await second.close()
            await first.close()
        }
    }

    private func expect(_ answer: WireAnswer, _ status: Int, _ code: String, _ message: String) throws {
        #expect(answer.status == status)
        #expect(answer["Connection"] == ["close"])
        #expect(answer["Content-Type"] == ["application/json"])
        let body = try JSONDocument(parsing: answer.body).root
        #expect(body["status_code"]?.integer == status)
        #expect(body["trace"]?.string.map { [$0] } == answer["X-Request-Id"])
        #expect(answer["X-Request-Id"].count == 1)
        let error = try #require(body["errors"]?.array?.first)
        #expect(error["code"]?.string == code)
        #expect(error["message"]?.string?.contains(message) == true, "\(answer.body)")
    }
}
