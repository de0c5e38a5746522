import Foundation
import IBMCloud
import JOSE
import NIOCore
import NIOPosix
import Testing
import TokenBroker

@Suite struct TransportTests {
    private static let soon = Duration.milliseconds(80)

    /// Long enough never to be the deadline that passes, in a test of another one.
    private static func deadlines(
        connect: Duration? = nil,
        firstByte: Duration? = nil,
        total: Duration? = nil
    )
        -> HTTPDeadlines
    {
        HTTPDeadlines(
            connect: connect ?? World.deadlines.connect,
            firstByte: firstByte ?? World.deadlines.firstByte,
            total: total ?? World.deadlines.total
        )
    }

    /// The deadline passed, and not earlier.
    ///
    /// That it was no other is what the messages say; how late a busy machine notices says nothing.
    private static func failure(
        _ deadlines: HTTPDeadlines,
        _ reply: Reply
    ) async throws -> AcquisitionError {
        let start = ContinuousClock.now
        let error = try await World.withServer(reply, deadlines: deadlines) { client, _ in
            try await World.failure { try await client.vpcIdentity.identityToken() }
        }
        let elapsed = ContinuousClock.now - start
        #expect(elapsed >= soon)
        return error
    }

    @Test func aServerThatNeverAnswersEndsAtTheFirstByteDeadline() async throws {
        let error = try await Self.failure(Self.deadlines(firstByte: Self.soon), .silence)
        #expect(error.code == .timedOut)
        #expect(error.message.contains("no answer within 0.08 seconds"))
    }

    @Test func aHeadThatDripsEndsAtTheFirstByteDeadline() async throws {
        let error = try await Self.failure(Self.deadlines(firstByte: Self.soon), .drip("HTTP/1.1 200 OK\r\nX: "))
        #expect(error.code == .timedOut)
        #expect(error.message.contains("no answer within"))
    }

    @Test func aBodyThatDripsEndsAtTheTotalDeadline() async throws {
        let reply = Reply.drip("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n{")
        let error = try await Self.failure(Self.deadlines(total: Self.soon), reply)
        #expect(error.code == .timedOut)
        #expect(error.message.contains("not complete within 0.08 seconds"))
    }

    @Test func aServerThatNeverAnswersEndsAtTheTotalDeadlineAtTheLatest() async throws {
        let error = try await Self.failure(Self.deadlines(total: Self.soon), .silence)
        #expect(error.code == .timedOut)
        #expect(error.message.contains("within 0.08 seconds"))
    }

    @Test func aHandshakeThatNeverBeginsEndsAtTheConnectDeadline() async throws {
        // The server does not speak TLS: it waits for a request that never comes.
        try await ScriptedServer.run([]) { server in
            let configuration = try World.configuration(
                port: server.port,
                scheme: "https",
                deadlines: Self.deadlines(connect: Self.soon)
            )
            try await World.withClient(configuration) { client in
                let error = try await World.failure { try await client.vpcIdentity.identityToken() }
                #expect(error.code == .timedOut)
                #expect(error.message.contains("no connection within 0.08 seconds"))
            }
        }
    }

    @Test func aConnectionThatIsNeverMadeEndsAtTheConnectDeadline() async throws {
        try await DeadPort.silent { port in
            let deadlines = Self.deadlines(connect: Self.soon)
            try await World.withClient(try World.configuration(port: port, deadlines: deadlines)) { client in
                let error = try await World.failure { try await client.vpcIdentity.identityToken() }
                #expect(error.code == .timedOut)
                #expect(error.message.contains("no connection within 0.08 seconds"))
                #expect(error.message.contains("hop limit"))
            }
        }
    }

    @Test func anIdentityTokenThatCannotStandInAHeaderIsNotSent() async throws {
        let identity = InstanceIdentityToken(
            compact: Redacted("a\r\nX: \(World.secret)"),
            expiresAt: World.now + 300
        )
        try await World.withServer { client, server in
            let error = try await World.failure {
                try await client.vpcIdentity.exchange(identity, for: World.profile())
            }
            #expect(error.code == .requestRejected)
            #expect(error.message.contains("cannot be sent over HTTP"))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aTimeOutOnTheMetadataAddressHintsAtServiceAndHopLimit() async throws {
        let error = try await Self.failure(Self.deadlines(firstByte: Self.soon), .silence)
        #expect(error.message.contains("ibmcloud is instance-update <ID> --metadata-service true"))
        #expect(error.message.contains("--metadata-service-response-hop-limit 2"))
    }

    @Test func aRefusedConnectionIsTold() async throws {
        try await DeadPort.refusing { port in
            try await World.withClient(try World.configuration(port: port)) { client in
                let error = try await World.failure { try await client.vpcIdentity.identityToken() }
                #expect(error.code == .unreachable)
                #expect(error.message.contains("connection refused"))
                #expect(error.message.contains("http or https, never both"))
                let other = try await World.failure { try await client.keySet.keySet() }
                #expect(other.code == .unreachable)
                #expect(other.message.contains("private.iam.cloud.ibm.com"))
            }
        }
    }

    @Test func aNameWithoutAddressIsTold() async throws {
        // A label of 64 characters: no resolver is asked for it.
        let url = try #require(ServiceURL("https://\(String(repeating: "a", count: 64)).test"))
        var configuration = try World.configuration(port: 1)
        configuration.iam = IAMConfiguration(url: url, deadlines: World.deadlines)
        try await World.withClient(configuration) { client in
            let error = try await World.failure { try await client.keySet.keySet() }
            #expect(error.code == .unreachable)
            #expect(error.message.contains("the host name cannot be resolved"))
        }
    }

    @Test(arguments: [
        Reply.close,
        .rawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":"),
        .rawThenClose("HTTP/1.1 200 OK\r\n"),
        .rawThenClose("SSH-2.0-OpenSSH_9.2\r\n"),
        .rawThenClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
    ])
    func aBrokenAnswerIsTold(reply: Reply) async throws {
        try await World.withServer(reply) { client, server in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .malformedAnswer)
            #expect(server.requests.count == 1)
        }
    }

    @Test func aBodyThatEndsTooEarlyWithoutALengthIsTold() async throws {
        try await World.withServer(.rawThenClose("HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"a")) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .malformedAnswer)
            #expect(error.message.contains("ends too early"))
        }
    }

    @Test(arguments: [(65_536, "not JSON"), (65_537, "larger than 65536 bytes")])
    func aBodyIsReadUpToItsLimit(size: Int, message: String) async throws {
        try await World.withServer(.json(200, String(repeating: "x", count: size))) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .malformedAnswer)
            #expect(error.message.contains(message))
        }
    }

    @Test func aBodyWithoutLengthIsReadUpToItsLimit() async throws {
        let body = "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 70_000)
        try await World.withServer(.rawThenClose(body)) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .malformedAnswer)
            #expect(error.message.contains("larger than"))
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func aRedirectIsNotFollowed(status: Int) async throws {
        try await ScriptedServer.run([Answers.iamToken]) { elsewhere in
            let reply = Reply.json(status, "", headers: ["Location: http://127.0.0.1:\(elsewhere.port)/"])
            try await World.withServer(reply, reply, reply, reply) { client, _ in
                let profile = try World.profile()
                let failures = [
                    try await World.failure { try await client.vpcIdentity.identityToken() },
                    try await World.failure { try await client.vpcIdentity.exchange(World.identity, for: profile) },
                    try await World.failure { try await client.tokenExchange.exchange(World.identity, for: profile) },
                    try await World.failure { try await client.keySet.keySet() },
                ]
                for error in failures {
                    #expect(error.code == .requestRejected)
                    #expect(error.message.contains("redirect"))
                }
            }
            #expect(elsewhere.requests.isEmpty)
        }
    }

    @Test func aCompressedAnswerIsNotAskedForNorUnpacked() async throws {
        try await World.withServer(.json(200, "\u{1F}", headers: ["Content-Encoding: gzip"])) { client, server in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .malformedAnswer)
            #expect(server.requests.first?.header("Accept-Encoding") == nil)
        }
    }

    @Test func aCancelledCallEnds() async throws {
        try await ScriptedServer.run([.silence]) { server in
            try await World.withClient(try World.configuration(port: server.port)) { client in
                let call = Task { try await client.vpcIdentity.identityToken() }
                call.cancel()
                let error = try await World.failure { try await call.value }
                #expect(error.code == .unreachable)
                #expect(error.message.contains("cancelled"))
            }
        }
    }

    @Test func callsAfterShutdownFail() async throws {
        try await ScriptedServer.run([]) { server in
            let client = try IBMCloudClient(
                configuration: try World.configuration(port: server.port),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                now: { World.now }
            )
            try await client.shutdown()
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .unreachable)
            #expect(server.requests.isEmpty)
        }
    }
}
