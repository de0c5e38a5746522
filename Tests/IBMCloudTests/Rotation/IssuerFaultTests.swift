import Foundation
import IBMCloud
import JOSE
import KeyRotation
import Testing

/// What each answer, and each silence, means to a rotation.
@Suite struct IssuerFaultTests {
    private static let id = KeyID("ApiKey-1")

    private static func refusal(
        _ status: Int,
        _ code: String = "some_code",
        _ text: String = "",
        _ more: String...
    )
        -> Reply
    {
        .json(
            status,
            #"{"status_code":\#(status),"trace":"c3d4e5f6","errors":[{"code":"\#(code)","message":"\#(text)","#
                + #""details":"\#(World.secret)"}]}"#,
            headers: more
        )
    }

    @Test(arguments: [
        (301, IssuerFault.Code.rejected), (307, .rejected), (400, .rejected), (401, .unauthorized), (403, .forbidden),
        (404, .notFound), (408, .unknownOutcome), (409, .conflict), (410, .notFound), (412, .locked),
        (418, .rejected), (429, .rateLimited), (500, .unknownOutcome), (502, .unknownOutcome), (503, .unknownOutcome),
        (599, .unknownOutcome),
    ])
    func aStatusBecomesAFault(status: Int, code: IssuerFault.Code) async throws {
        let reply = Self.refusal(status, "some_code", "", "Location: http://127.0.0.1:1/")
        try await KeyWorld.withIssuer(of: .apiKey, reply) { issuer, server in
            let fault = try await KeyWorld.fault(issuer, .delete(Self.id))
            #expect(fault.code == code)
            #expect(fault.message.contains("ApiKey-1"))
            #expect(fault.message.hasSuffix("(HTTP \(status), code some_code, trace c3d4e5f6)"))
            #expect(fault.retryAfter == nil)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [(429, IssuerFault.Code.rateLimited), (503, .unknownOutcome)])
    func whoAsksToBeLeftAloneIs(status: Int, code: IssuerFault.Code) async throws {
        let reply = Self.refusal(status, "x", "", "Retry-After: 120")
        try await KeyWorld.withIssuer(of: .apiKey, reply) { issuer, _ in
            let fault = try await KeyWorld.fault(issuer, .delete(Self.id))
            #expect(fault.code == code)
            #expect(fault.retryAfter == 120)
        }
    }

    /// IBM does not document how it refuses a key too many, so the words count.
    @Test(arguments: [
        (409, "api_key_quota_reached", "", IssuerFault.Code.quotaExceeded), (400, "limit_exceeded", "", .quotaExceeded),
        (403, "x", "The maximum number of API keys was reached", .quotaExceeded),
        (400, "x", "API key limit reached", .quotaExceeded), (409, "value_in_use", "exists", .conflict),
        (400, "x", "pagesize has an upper limit", .rejected), (403, "x", "not allowed", .forbidden),
        (429, "quota", "quota", .rateLimited), (500, "quota", "quota", .unknownOutcome),
    ])
    func aFullQuotaIsRecognised(status: Int, code: String, text: String, expected: IssuerFault.Code) async throws {
        try await KeyWorld.withIssuer(of: .apiKey, Self.refusal(status, code, text)) { issuer, _ in
            let own = KeyMaterial(["api_key": Redacted(KeyWorld.value)])
            try await KeyWorld.expectFault(expected, issuer, .create(try KeyWorld.name(), own))
        }
    }

    @Test(arguments: [
        (Reply.close, IssuerFault.Code.unknownOutcome),
        (.rawThenClose("HTTP/1.1 200 OK\r\nContent-Le"), .unknownOutcome),
        (.rawThenClose("HTTP/1.1 201 X\r\nContent-Length: 90\r\n\r\n{"), .unknownOutcome),
        (.raw("hello\r\n\r\n"), .unknownOutcome),
        (.json(201, ""), .unknownOutcome), (.json(201, "[]"), .unknownOutcome), (.json(201, "{"), .unknownOutcome),
        (.json(201, #"{"id":"ApiKey-1"}"#), .unknownOutcome),
        (.json(201, #"{"id":"\#(String(repeating: "x", count: 2_000_000))"}"#), .unknownOutcome),
    ])
    func anAnswerThatCannotBeReadLeavesItOpen(reply: Reply, code: IssuerFault.Code) async throws {
        let own = KeyMaterial(["api_key": Redacted(KeyWorld.value)])
        try await KeyWorld.withIssuer(of: .apiKey, reply) { issuer, server in
            try await KeyWorld.expectFault(code, issuer, .create(try KeyWorld.name(), own))
            #expect(server.requests.count == 1)
        }
    }

    @Test func silenceLeavesItOpen() async throws {
        var deadlines = World.deadlines
        deadlines.firstByte = .milliseconds(80)
        try await KeyWorld.withIssuer(of: .apiKey, .silence, deadlines: deadlines) { issuer, _ in
            let fault = try await KeyWorld.fault(issuer, .delete(Self.id))
            #expect(fault.code == .unknownOutcome)
            #expect(fault.message.contains("no answer within 0.08 seconds"))
        }
    }

    @Test func aConnectionThatIsRefusedMeansThatNothingHappened() async throws {
        try await DeadPort.refusing { port in
            try await World.withClient(try World.configuration(port: port)) { client in
                let issuer = try client.issuer(
                    for: KeyWorld.apiKey,
                    plan: try KeyWorld.plan(),
                    token: { .success(Redacted(KeyWorld.bearer)) },
                    verify: KeyWorld.check
                )
                let fault = try await KeyWorld.fault(issuer, .delete(Self.id))
                #expect(fault.code == .notSent)
                #expect(fault.message.contains("connection refused"))
            }
        }
    }

    @Test func withoutATokenNothingIsSent() async throws {
        let expected = IssuerFault(.noToken, "no token of the profile rotation")
        let token: BearerSource = { .failure(expected) }
        try await KeyWorld.withIssuer(of: .apiKey, token: token) { issuer, server in
            let fault = try await KeyWorld.fault(issuer, .list)
            #expect(fault == expected)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aTokenThatCannotStandInAHeaderIsNotSent() async throws {
        let token: BearerSource = { .success(Redacted("a\r\nX: \(World.secret)")) }
        try await KeyWorld.withIssuer(of: .apiKey, token: token) { issuer, server in
            try await KeyWorld.expectFault(.rejected, issuer, .list)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func theEndOfTheProcessIsNoFault() async throws {
        let (requests, continuation) = AsyncStream<Void>.makeStream()
        let reply = Reply.computed { _ in
            continuation.finish()
            return .silence
        }
        try await KeyWorld.withIssuer(of: .apiKey, reply) { issuer, server in
            let task = Task {
                _ = await #expect(throws: Interruption.self) { _ = try await issuer.perform(.list) }
            }
            for await _ in requests {}
            task.cancel()
            await task.value
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [
        KeyTarget.secret(SecretTarget(url: "http://sm.example", id: "1", kind: .arbitrary)),
        .secret(SecretTarget(url: "sm.example", id: "1", kind: .arbitrary)),
        .rootKey(RootKeyTarget(url: "http://kms.example", instance: "1", id: "1")),
        .resourceKey(
            ResourceKeyTarget(source: "1", role: "Writer", serviceID: nil, endpoint: "http://s3.example", bucket: "b")
        ), .certificate("web"),
    ])
    func aTargetThatKeysMustNotBeSentToIsRefusedAtOnce(target: KeyTarget) async throws {
        try await World.withClient(try World.configuration(port: 1)) { client in
            _ = #expect(throws: ConfigurationError.self) {
                try client.issuer(
                    for: target,
                    plan: try KeyWorld.plan(),
                    token: { .success(Redacted(KeyWorld.bearer)) },
                    verify: KeyWorld.check
                )
            }
        }
    }

    @Test func theResourceControllerIsCalledEncrypted() async throws {
        var configuration = try World.configuration(port: 1)
        configuration.resourceController = ServiceURL("http://rc.example")
        let refused = configuration
        #expect(throws: ConfigurationError.self) {
            try IBMCloudClient(configuration: refused, now: { World.now })
        }
    }
}
