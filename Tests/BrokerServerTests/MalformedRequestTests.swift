import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct MalformedRequestTests {
    private static let line = "GET /v1/token?profile=reports HTTP/1.1\r\n"
    private static let host = "Host: broker\r\n"

    @Test(arguments: [
        (line + "\r\n", "no Host"),
        (line + host + host + "\r\n", "two Hosts"),
        (line + host + "host: other\r\n\r\n", "two Hosts, spelled differently"),
        ("GET http://broker/v1/token?profile=reports HTTP/1.1\r\n\(host)\r\n", "absolute form"),
        ("OPTIONS * HTTP/1.1\r\n\(host)\r\n", "asterisk form"),
        ("CONNECT broker:80 HTTP/1.1\r\n\(host)\r\n", "authority form"),
        ("GET /v1/token?profile=reports\r\n\r\n", "HTTP/0.9"),
        ("GET /v1/token?profile=reports HTTP/2.0\r\n\(host)\r\n", "HTTP/2 by name"),
        ("GET /v1/token?profile=reports HTTP/1.2\r\n\(host)\r\n", "a version that does not exist"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2 preface"),
        ("get /v1/token?profile=reports HTTP/1.1\r\n\(host)\r\n", "method in lower case"),
        ("BREW /v1/token?profile=reports HTTP/1.1\r\n\(host)\r\n", "unknown method"),
        (line + host + "A: b\r\n c\r\n\r\n", "obs-fold"),
        (line + host + "A: b\u{0}c\r\n\r\n", "NUL in a value"),
        (line + host + "A: b\u{1}c\r\n\r\n", "control byte in a value"),
        (line + host + "A: b\u{7F}c\r\n\r\n", "DEL in a value"),
        (line + host + "A\u{0}: b\r\n\r\n", "NUL in a name"),
        (line + host + "A : b\r\n\r\n", "space before the colon"),
        (line + host + ": b\r\n\r\n", "no name"),
        (line + host + "Accept\r\n\r\n", "no colon"),
        ("GET /v1/token?profile=rep\u{0}orts HTTP/1.1\r\n\(host)\r\n", "NUL in the target"),
        ("GET /v1/token?profile=rep\torts HTTP/1.1\r\n\(host)\r\n", "tab in the target"),
        ("GET /v1/token?profile=reports HTTP/1.1\nHost: broker\n\n", "LF alone"),
        (line + "Host: broker\n\r\n", "LF after a field"),
        (line + "Host: broker\rA: b\r\n\r\n", "CR in a value"),
        (line + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "two lengths"),
        (line + host + "Content-Length: -1\r\n\r\n", "negative length"),
        (line + host + "Content-Length: +1\r\n\r\na", "signed length"),
        (line + host + "Content-Length: 99999999999999999999\r\n\r\n", "length too large for a number"),
        (line + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "both lengths"),
        (line + host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "both lengths, other order"),
        (line + host + "Transfer-Encoding: identity, chunked, gzip\r\n\r\n", "chunked is not last"),
        (line + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "bad chunk size"),
        (line + host + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", "chunk longer than its size"),
        (line + host + "Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n", "negative chunk size"),
        (line + host + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "chunk size too large for a number"),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}", "TLS"),
    ])
    func whatIsNotOneRequestIsRefusedAndTheConnectionClosed(bytes: String, reason: String) async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let client = try await world.client()
            client.send(bytes)
            let answer = try await client.answer()
            #expect(answer.status == 400, "\(reason)")
            #expect(answer["Connection"].map { $0.lowercased() } == ["close"], "\(reason)")
            #expect(!answer.body.contains("access_token"), "\(reason)")
            #expect(!(try await client.end()).contains("access_token"), "\(reason)")
        }
    }

    @Test func aRequestOfHTTP1Point0IsAnsweredAndTheConnectionClosed() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let client = try await world.client()
            client.send("GET /v1/token?profile=reports HTTP/1.0\r\n\r\n")
            #expect(try await client.answer().body == world.tokenBody())
            #expect(try await client.end().isEmpty)
        }
    }

    @Test func aHundredFieldsAreTakenAndOneMoreIsNot() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let fields = (1...99).map { "X-\($0): a" }
            let hundred = try await world.ask(get("/v1/token?profile=reports", fields))
            #expect(hundred.status == 200)
            let more = try await world.ask(get("/v1/token?profile=reports", fields + ["X-100: a"]))
            #expect(more.status == 400)
        }
    }

    @Test func aFieldOfNineKilobytesIsRefused() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let value = String(repeating: "a", count: 9 * 1_024)
            let answer = try await world.ask(get("/v1/token?profile=reports", ["X: \(value)"]))
            #expect(answer.status == 400)
        }
    }

    @Test(arguments: [
        "GET /v1/token?profile=", "\(line)\(host)X: ", "\(line)\(host)",
        "\(line)\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n",
    ])
    func aHeadWithoutEndIsRefusedLongBeforeItIsAMegabyte(start: String) async throws {
        let world = try World()
        try await world.serving {
            let client = try await world.client()
            #expect(await client.sent(start))
            let isOneField = !start.hasSuffix("\r\n")
            let part = String(repeating: isOneField ? "a" : "X: \(String(repeating: "a", count: 1_020))\r\n", count: 64)
            let chunk = isOneField ? String(repeating: part, count: 1_024) : part
            // What the kernel takes is what it buffers and what the server has read.
            var taken = 0
            while taken < 64, await client.sent(chunk) { taken += 1 }
            #expect(taken < 16, "chunks of 64 KiB")
            _ = try await client.end()
        }
    }

    @Test func aBodyThatIsTooLargeIsRefusedWithoutReadingItAll() async throws {
        let world = try World()
        try await world.serving {
            let client = try await world.client()
            client.send("POST /v1/verify HTTP/1.1\r\n\(Self.host)Content-Length: 1000000000\r\n\r\n")
            var taken = 0
            while taken < 64, await client.sent(String(repeating: "a", count: 65_536)) { taken += 1 }
            #expect(taken < 16, "chunks of 64 KiB")
            let answer = try await client.answer()
            #expect(answer.status == 413)
            #expect(answer.body.contains(#""code":"too_large""#))
            #expect(try await client.end().isEmpty)
        }
    }

    @Test func theLargestBodyIsTakenAndOneByteMoreIsNot() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let body = String(repeating: "a", count: ConnectionLimits().bodySize)
            let largest = try await world.ask(request("POST", "/v1/verify", body: body))
            #expect(largest.status == 200)
            let larger = try await world.ask(request("POST", "/v1/verify", body: body + "a"))
            #expect(larger.status == 413)
        }
    }
}
