import CloudSimulator
import Foundation
import Testing

/// What the loopback listener has to withstand, over real sockets.
@Suite(.timeLimit(.minutes(2)))
struct HostileClientTests {
    private static var setup: Setup {
        var setup = Setup()
        setup.emulation = "127.0.0.1:0"
        return setup
    }

    /// A request that another parser might end elsewhere, with a request behind that such a parser would see.
    @Test func nobodySmugglesARequest() async throws {
        try await World.run(Self.setup) { world in
            let session = try await session(world)
            let hidden = request("GET /identity/keys", world, ["X-Hidden: 1"])
            for (fields, body, reason) in Self.ambiguous {
                let head = request(
                    "POST /identity/v1/iam_tokens?version=2025-08-26",
                    world,
                    [
                        "Authorization: Bearer \(session)"
                    ]
                )
                // Before the empty line, which is one character.
                let answers = try await exchange(head.dropLast() + fields + "\r\n" + body + hidden, world)
                #expect(answers.map(\.status) == [400], "\(reason)")
                #expect(answers.first?.body.contains(#""code":"invalid_request""#) == true, "\(reason)")
            }
            // The listener serves as before.
            #expect(try await token(session, world).status == 200)
        }
    }

    /// Fields, a body, and what is wrong with them.
    private static let ambiguous = [
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", "both lengths"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", "both lengths, the other way round"),
        ("Content-Length: 0\r\nContent-Length: 44\r\n", "", "two lengths"),
        ("Content-Length: 0, 44\r\n", "", "a list of lengths"),
        ("Content-Length: +2\r\n", "{}", "a signed length"),
        ("Content-Length: 0x2\r\n", "{}", "a length in hexadecimal"),
        ("Content-Length: 2 \t3\r\n", "{}", "a length with a space in it"),
        ("Content-Length : 2\r\n", "{}", "a space before the colon"),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n", "two codings"),
        ("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n", "an unknown coding"),
        ("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n", "chunked is not last"),
        ("Transfer-Encoding:\u{B}chunked\r\n", "0\r\n\r\n", "a vertical tab"),
        ("X: a\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "a folded field"),
        ("X: a\r\n\tb\r\n", "", "a field folded with a tab"),
        ("X: a\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", "a field that ends with LF alone"),
        ("X: a\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n", "a field that ends with CR alone"),
        ("X: a\u{0}b\r\n", "", "a NUL"),
        ("Transfer-Encoding: chunked\r\n", "0x2\r\n{}\r\n0\r\n\r\n", "a chunk size with 0x"),
        ("Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n", "a negative chunk size"),
        ("Transfer-Encoding: chunked\r\n", "2\r\n{}xx0\r\n\r\n", "a chunk that is longer than it says"),
        ("Transfer-Encoding: chunked\r\n", "ffffffffffffffff2\r\n{}\r\n0\r\n\r\n", "a chunk size beyond all numbers"),
        ("Transfer-Encoding: chunked\r\n", "2\n{}\r\n0\r\n\r\n", "a chunk size that ends with LF alone"),
        ("Transfer-Encoding: chunked\r\n", "2;a\nb\r\n{}\r\n0\r\n\r\n", "LF in an extension"),
    ]

    @Test func aBodyInChunksWithExtensionsEndsWhereItSays() async throws {
        try await World.run(Self.setup) { world in
            let session = try await session(world)
            let head = request(
                "POST /identity/v1/iam_tokens?version=2025-08-26",
                world,
                ["Authorization: Bearer \(session)", "Transfer-Encoding: chunked"]
            )
            let profile = #"{"trusted_profile":{"name":"reports"}}"#
            let length = String(profile.utf8.count - 1, radix: 16)
            let body = "1;a=b\r\n{\r\n\(length);c=\"d\"\r\n\(profile.dropFirst())\r\n0;e\r\nX-Trailer: a\r\n\r\n"
            let next = request("GET /identity/keys", world, ["Connection: close"])
            let answers = try await exchange(head + body + next, world)
            #expect(answers.map(\.status) == [200, 200])
            try world.expectToken(try #require(answers.first))
        }
    }

    /// Each of the requests of one write is judged by itself, in their order.
    @Test func pipelinedRequestsAreJudgedOneByOne() async throws {
        try await World.run(Self.setup) { world in
            let session = try await session(world)
            // Then there are keys, too.
            try #require(try await token(session, world).status == 200)
            let kinds = [
                (request("GET /identity/keys", world), 200),
                (request("GET /identity/keys", world, ["Origin: http://evil.example"]), 403),
                (request("GET /metadata/v1/instance?version=2025-08-26", world), 401),
                (request("GET /v1/token?profile=reports", world, ["Authorization: Bearer \(session)"]), 404),
                (request("PUT /identity/v1/token?version=2025-08-26", world), 400),
            ]
            let round = kinds.map(\.0).joined()
            let bytes =
                String(repeating: round, count: 40) + request("GET /identity/keys", world, ["Connection: close"])
            let answers = try await exchange(bytes, world)
            let statuses = Array(repeating: kinds.map(\.1), count: 40).flatMap(\.self)
            #expect(answers.map(\.status) == statuses + [200])
        }
    }

    @Test func aSessionTokenThatIsNotWholeIsRefused() async throws {
        try await World.run(Self.setup) { world in
            let session = try await session(world)
            #expect(try await token(session, world).status == 200)
            let changed = session.first == "a" ? "b" + session.dropFirst() : "a" + session.dropFirst()
            for wrong in ["", String(session.prefix(1)), String(session.dropLast()), session + "a", changed] {
                let reply = try await token(wrong, world)
                #expect(reply.status == 401)
                #expect(reply.body.contains(#""code":"unauthenticated""#))
            }
        }
    }

    /// What ends the wait for the session's end is a body that never comes.
    @Test func aSessionTokenEndsAndSoDoesABodyThatDoesNotCome() async throws {
        var setup = Self.setup
        setup.limits = "{ request: 6s, connections: 512, connections_per_user: 512 }"
        try await World.run(setup) { world in
            let session = try await session(world, #"{"expires_in":5}"#)
            #expect(try await token(session, world).status == 200)
            let reply = try await blocking {
                let connection = try Connection(port: try world.emulationPort)
                try connection.send(request("POST /identity/token", world, ["Content-Length: 2"]) + "a")
                return try connection.receive()
            }
            #expect(reply?.status == 408)
            #expect(reply?.body.contains(#""code":"invalid_request""#) == true)
            #expect(try await token(session, world).status == 401)
        }
    }

    @Test func aSessionTokenFromBeforeARestartIsRefusedAndIBMKnowsNothingOfIt() async throws {
        try await World.run(Self.setup) { world in
            let session = try await session(world)
            #expect(try await token(session, world).status == 200)
            // The real service, asked in the broker's place.
            #expect(try await token(session, world, at: try world.cloudPort).status == 401)

            world.daemon.kill(SIGTERM)
            _ = try await world.daemon.waitForEnd()
            let second = try await DaemonProcess(configuration: world.folder.path("config.yaml"))
            let next = World(cloud: world.cloud, url: world.url, folder: world.folder, daemon: second)
            #expect(try await token(session, next).status == 401)
            #expect(try await token(try await self.session(next), next).status == 200)
            try await second.stop(secrets: [])
        }
    }

    // MARK: Requests

    private func request(_ line: String, _ world: World, _ fields: [String] = []) -> String {
        let host = (try? world.emulationPort).map { "127.0.0.1:\($0)" } ?? ""
        return (["\(line) HTTP/1.1", "Host: \(host)"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }

    private func session(_ world: World, _ body: String = "") async throws -> String {
        let fields = ["Metadata-Flavor: ibm", "Content-Length: \(body.utf8.count)", "Connection: close"]
        let bytes = request("PUT /identity/v1/token?version=2025-08-26", world, fields) + body
        return try #require(try await exchange(bytes, world).first?.token)
    }

    /// Asks for a token of the default profile.
    private func token(_ session: String, _ world: World, at port: UInt16? = nil) async throws -> Reply {
        let fields = ["Authorization: Bearer \(session)", "Content-Length: 0", "Connection: close"]
        let bytes = request("POST /identity/v1/iam_tokens?version=2025-08-26", world, fields)
        return try #require(try await exchange(bytes, world, at: port).first)
    }

    /// Sends `bytes` and reads to the end of the connection.
    private func exchange(
        _ bytes: some StringProtocol & Sendable,
        _ world: World,
        at port: UInt16? = nil
    ) async throws -> [Reply] {
        try await blocking {
            let connection = try Connection(port: try port ?? world.emulationPort)
            try connection.send(String(bytes))
            return try Reply.all(try connection.drain())
        }
    }
}

extension World {
    fileprivate var cloudPort: UInt16 {
        get throws { try #require(url.split(separator: ":").last.flatMap { UInt16($0) }) }
    }
}
