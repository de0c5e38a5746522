import NIOCore
import NIOPosix
import Testing

@testable import BrokerServer

/// Who must not reach IBM's paths over TCP: browsers, proxies, and whoever can only make half a request.
@Suite(.timeLimit(.minutes(2)))
struct WallTests {
    @Test(arguments: [
        "Origin: http://evil.example", "Origin: null", "Referer: http://127.0.0.1/", "Sec-Fetch-Mode: no-cors",
        "Sec-Fetch-Site: none", "sec-fetch-dest: empty", "Sec-CH-UA: \"Chromium\"", "X-Forwarded-For: 127.0.0.1",
        "x-forwarded-host: 127.0.0.1", "X-Forwarded-Proto: http", "Forwarded: for=127.0.0.1", "Via: 1.1 proxy",
        "X-Real-IP: 127.0.0.1", "X-Envoy-External-Address: 127.0.0.1", "CDN-Loop: a",
        "X-Original-Forwarded-For: 127.0.0.1",
        "CF-Connecting-IP: 127.0.0.1", "Fastly-Client-IP: 127.0.0.1", "X-Remote-Addr: 127.0.0.1",
        "Access-Control-Request-Method: PUT", "Proxy-Connection: keep-alive",
        "Origin:", "oRiGiN: http://127.0.0.1",
    ])
    func aFieldOfABrowserOrAProxyIsRefusedWithEveryMethod(field: String) async throws {
        try await EmulationWorld.run { emulation in
            try await emulation.world.warm()
            let session = try await emulation.session()
            for (method, target) in [
                ("GET", "/identity/keys"), ("PUT", "/identity/v1/token?version=2025-08-26"),
                ("POST", "/identity/v1/iam_tokens?version=2025-08-26"), ("POST", "/identity/token"),
                ("OPTIONS", "/identity/token"), ("DELETE", "/nothing"),
            ] {
                let fields = ["Metadata-Flavor: ibm", "Authorization: Bearer \(session)", field]
                let answer = try await emulation.ask(emulation.request(method, target, fields, body: ""))
                #expect(answer.status == 403, "\(method) \(target)")
                #expect(answer.body.contains("requests of browsers and through proxies are not served"))
                #expect(!answer.fields.contains { $0.name.lowercased().hasPrefix("access-control") })
            }
        }
    }

    @Test(arguments: [
        ("127.0.0.1:PORT", true), ("localhost:PORT", true), ("LocalHost:PORT", true), ("[::1]:PORT", true),
        ("127.0.0.1", false), ("127.0.0.1:1", false), ("evil.example:PORT", false), ("evil.example", false),
        ("127.0.0.1.evil.example:PORT", false), ("127.0.0.1:PORT.evil.example", false), ("127.0.0.1:PORT x", false),
        ("user@127.0.0.1:PORT", false), ("127.0.0.1:PORT,evil.example", false), ("0x7f000001:PORT", false),
        ("127.1:PORT", false), ("localhost.:PORT", false), ("", false), ("169.254.169.254", false),
        ("api.metadata.cloud.ibm.com", false),
    ])
    func onlyTheBrokersOwnNamesAreServed(host: String, isServed: Bool) async throws {
        try await EmulationWorld.run { emulation in
            try await emulation.world.warm()
            let name = host.replacing("PORT", with: "\(emulation.port)")
            let answer = try await emulation.ask("GET /identity/keys HTTP/1.1\r\nHost: \(name)\r\n\r\n")
            #expect(answer.status == (isServed ? 200 : 403), "\(answer.body)")
        }
    }

    /// Whoever listens on all addresses is called by the one that was reached.
    @Test func onAllAddressesTheOneThatWasReachedIsItsName() async throws {
        try await EmulationWorld.run(host: "0.0.0.0") { emulation in
            try await emulation.world.warm()
            for (host, status) in [("127.0.0.1", 200), ("localhost", 200), ("0.0.0.0", 403), ("evil.example", 403)] {
                let answer = try await emulation.ask(
                    "GET /identity/keys HTTP/1.1\r\nHost: \(host):\(emulation.port)\r\n\r\n"
                )
                #expect(answer.status == status, "\(host)")
            }
        }
    }

    @Test func anotherMethodIsToldTheRightOne() async throws {
        try await EmulationWorld.run { emulation in
            for (target, method) in [
                ("/identity/v1/token?version=2025-08-26", "PUT"),
                ("/identity/v1/iam_tokens?version=2025-08-26", "POST"),
                ("/identity/token", "POST"), ("/identity/keys", "GET"),
                ("/metadata/v1/instance?version=2025-08-26", "GET"),
            ] {
                let answer = try await emulation.ask(emulation.request("DELETE", target))
                #expect(answer.status == 405)
                #expect(answer["Allow"] == [method])
            }
        }
    }

    /// A connection that is closed with unread bytes is reset, and its answer may be lost.
    @Test func aRefusalIsReadByAClientThatGoesOnSending() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let refusal = MetadataError.unauthorized("nobody is served").response
                    try channel.pipeline.syncOperations.addHandler(RefusalHandler(refusal, lingers: true))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await WireClient.connect(toPort: try #require(server.localAddress?.port), on: group)
        var sent = 0
        while sent < 20, await client.sent(String(repeating: "a", count: 65_536)) { sent += 1 }
        #expect(try await client.answer().status == 403)
        #expect(try await client.end().isEmpty)
        try await server.close()
    }

    @Test func aRequestOfHTTP1Point0WithoutHostIsRefused() async throws {
        try await EmulationWorld.run { emulation in
            let answer = try await emulation.ask("GET /identity/keys HTTP/1.0\r\n\r\n")
            #expect(answer.status == 403)
        }
    }

    @Test(arguments: [
        ([], 400), (["Metadata-Flavor: ibm"], 200), (["metadata-flavor: ibm"], 200), (["Metadata-Flavor:"], 400),
        (["Metadata-Flavor: IBM"], 400), (["Metadata-Flavor: google"], 400), (["Metadata-Flavor: ibm, ibm"], 400),
        (["Metadata-Flavor: ibm", "Metadata-Flavor: ibm"], 400), (["Metadata-Flavor: ibm", "Metadata-Flavor: x"], 400),
    ])
    func aSessionNeedsExactlyOneFlavor(fields: [String], status: Int) async throws {
        try await EmulationWorld.run { emulation in
            for family in ["/identity/v1/token?version=2025-08-26", "/instance_identity/v1/token?version=2022-03-01"] {
                let answer = try await emulation.ask(emulation.request("PUT", family, fields))
                #expect(answer.status == status)
                #expect(answer.body.contains("access_token") == (status == 200))
            }
        }
    }

    @Test(arguments: [
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "both lengths"),
        ("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "two lengths"),
        ("A: b\r\n c\r\n\r\n", "obs-fold"),
        ("A: b\n\r\n", "a line that ends with LF alone"),
        ("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "chunked is not last"),
        ("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "space before the colon"),
    ])
    func whatTwoParsersMayReadDifferentlyIsRefusedAndTheConnectionClosed(rest: String, reason: String) async throws {
        try await EmulationWorld.run { emulation in
            let client = try await emulation.client()
            let head = "POST /identity/token HTTP/1.1\r\nHost: 127.0.0.1:\(emulation.port)\r\n"
            client.send(head + rest + "GET /identity/keys HTTP/1.1\r\nHost: 127.0.0.1:\(emulation.port)\r\n\r\n")
            #expect(try await client.answer().status == 400, "\(reason)")
            #expect(try await client.end().isEmpty, "\(reason)")
        }
    }

    @Test func pipelinedRequestsAreJudgedOneByOne() async throws {
        try await EmulationWorld.run { emulation in
            try await emulation.world.warm()
            let client = try await emulation.client()
            let good = emulation.request("GET", "/identity/keys")
            client.send(good + emulation.request("GET", "/identity/keys", ["Origin: http://evil.example"]) + good)
            #expect(try await client.answers(3).map(\.status) == [200, 403, 200])
            await client.close()
        }
    }

    @Test func aBodyInChunksWithExtensionsIsReadAsWhatItIs() async throws {
        try await EmulationWorld.run { emulation in
            let fields = ["Metadata-Flavor: ibm", "Transfer-Encoding: chunked"]
            let head = emulation.request("PUT", "/identity/v1/token?version=2025-08-26", fields)
            let answer = try await emulation.ask(head + "10;a=b\r\n{\"expires_in\":60\r\n1\r\n}\r\n0\r\n\r\n")
            #expect(answer.status == 200 && answer.body.contains(#""expires_in":60"#), "\(answer.status)")
        }
    }

    @Test func moreThanEightKilobytesOfHeadAreRefused() async throws {
        try await EmulationWorld.run { emulation in
            try await emulation.world.warm()
            let field = "X: \(String(repeating: "a", count: 1_000))"
            let seven = try await emulation.ask(
                emulation.request("GET", "/identity/keys", Array(repeating: field, count: 7))
            )
            #expect(seven.status == 200)
            let nine = try await emulation.ask(
                emulation.request("GET", "/identity/keys", Array(repeating: field, count: 9))
            )
            #expect(nine.status == 400)
        }
    }

    /// The parser counts the bytes of names and values; spaces are neither, and kept all the same.
    @Test(arguments: ["X:", "GET /", "PUT /identity/token HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost:"])
    func spacesInAHeadCount(beginning: String) async throws {
        try await EmulationWorld.run { emulation in
            let head = beginning.hasPrefix("X") ? "GET / HTTP/1.1\r\nHost: 127.0.0.1:\(emulation.port)\r\n" : ""
            let client = try await emulation.client()
            client.send(head + beginning + String(repeating: " ", count: 10_000))
            let answer = try await client.answer()
            #expect(answer.status == 400)
            #expect(answer.body.contains("the head of the request is too large"))
            #expect(try await client.end().isEmpty)
        }
    }

    @Test func spacesInTrailersCount() async throws {
        try await EmulationWorld.run { emulation in
            let client = try await emulation.client()
            client.send(emulation.request("PUT", "/identity/token", ["Transfer-Encoding: chunked"]))
            client.send("2\r\n{}\r\n0\r\nX:" + String(repeating: " ", count: 10_000))
            #expect(try await client.answer().status == 400)
            #expect(try await client.end().isEmpty)
        }
    }

    @Test func aHeadOfAlmostEightKilobytesInSmallPiecesIsServed() async throws {
        try await EmulationWorld.run { emulation in
            try await emulation.world.warm()
            let fields = (0..<90).map { "X-\($0): \(String(repeating: "a", count: 80))" }
            let client = try await emulation.client()
            var bytes = Array(emulation.request("GET", "/identity/keys", fields).utf8)[...]
            while !bytes.isEmpty {
                client.send(String(decoding: bytes.prefix(997), as: UTF8.self))
                bytes = bytes.dropFirst(997)
            }
            #expect(try await client.answer().status == 200)
            await client.close()
        }
    }

    /// A form of a web page may have this type, too, but what a page sends otherwise without being asked has another.
    @Test(arguments: [
        (["Content-Type: application/x-www-form-urlencoded"], true),
        (["Content-Type: Application/X-WWW-Form-Urlencoded ; charset=utf-8"], true),
        (["Content-Type: text/plain"], false), (["Content-Type: application/json"], false), (["Content-Type:"], false),
        (["Content-Type: application/x-www-form-urlencoded", "Content-Type: text/plain"], false),
        (["Content-Type: application/x-www-form-urlencodedx"], false),
    ])
    func aFormMustSayThatItIsOne(fields: [String], isTaken: Bool) async throws {
        try await EmulationWorld.run { emulation in
            let answer = try await emulation.ask(
                emulation.request("POST", "/identity/token", fields, body: "grant_type=")
            )
            #expect(answer.status == 400)
            #expect(answer.body.contains("Send the body as application/x-www-form-urlencoded.") == !isTaken)
        }
    }

    @Test func moreThanSixteenKilobytesOfBodyAreRefused() async throws {
        try await EmulationWorld.run { emulation in
            let largest = String(repeating: "a", count: 16 * 1_024)
            let taken = try await emulation.ask(emulation.request("POST", "/identity/token", body: largest))
            #expect(taken.status == 400)
            let refused = try await emulation.ask(emulation.request("POST", "/identity/token", body: largest + "a"))
            #expect(refused.status == 413)
        }
    }

    @Test(arguments: [
        "/v1/token?profile=reports", "/v1/status", "/", "/metadata", "/latest/meta-data/", "/identity/../v1/token",
    ])
    func nothingButIBMsPathsIsServedOverTCP(target: String) async throws {
        try await EmulationWorld.run { emulation in
            try await emulation.world.warm()
            let answer = try await emulation.ask(emulation.request("GET", target))
            #expect(answer.status == 404)
            #expect(answer.body.contains(#""code":"not_found""#))
        }
    }
}
