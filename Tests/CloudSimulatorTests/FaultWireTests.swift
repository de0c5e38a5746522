import CloudSimulator
import Foundation
import JOSE
import Logging
import Testing

/// What faults look like on the wire.
@Suite struct FaultWireTests {
    @Test(arguments: Endpoint.allCases)
    func dropClosesTheConnectionWithoutAByte(endpoint: Endpoint) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(delivery: .drop), for: endpoint)
            let response = try await cloud.client.send(endpoint)
            #expect(response.bytes.isEmpty)
            #expect(cloud.simulator.requestCount(of: endpoint) == 1)
        }
    }

    @Test(arguments: Endpoint.allCases)
    func dropAfterClosesTheConnectionWithoutAByte(endpoint: Endpoint) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(delivery: .dropAfter), for: endpoint)
            let response = try await cloud.client.send(endpoint)
            #expect(response.bytes.isEmpty)
        }
    }

    @Test(arguments: Endpoint.allCases)
    func hangAnswersNothingUntilTheClientLeaves(endpoint: Endpoint) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(delivery: .hang), for: endpoint)
            let response = try await cloud.client.send(endpoint) {
                try await cloud.simulator.waitForRequests(to: endpoint, reaching: 1)
            }
            #expect(response.bytes.isEmpty)
        }
    }

    @Test func stoppingEndsConnectionsThatHang() async throws {
        let simulator = CloudSimulator(keys: try TestKeys.keys(), now: { TestCloud.start })
        simulator.set(Fault(delivery: .hang), for: .keys)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let hanging = try await simulator.withRunning(logger: logger) { address in
            let client = RawClient(port: address.port)
            let hanging = Task { try await client.send("GET", "/identity/keys") }
            try await simulator.waitForRequests(to: .keys, reaching: 1)
            return hanging
        }
        #expect(try await hanging.value.bytes.isEmpty)
    }

    @Test(arguments: [0, 1, 20])
    func truncatePromisesTheWholeBodyAndBreaksOff(count: Int) async throws {
        try await TestCloud.run { cloud in
            let whole = try await cloud.client.send(.keys)
            cloud.simulator.set(Fault(delivery: .truncate(count)), for: .keys)
            let response = try await cloud.client.send(.keys)
            #expect(response.status == 200)
            #expect(response.headers["content-length"] == "\(whole.body.count)")
            #expect(response.body == Array(whole.body.prefix(count)))
        }
    }

    @Test func dripSendsTheWholeBodySlowly() async throws {
        let clock = InstantClock()
        try await TestCloud.run(clock: clock) { cloud in
            let whole = try await cloud.client.send(.keys)
            cloud.simulator.set(Fault(delivery: .drip(bytes: 100, interval: .milliseconds(50))), for: .keys)
            let response = try await cloud.client.send(.keys)
            #expect(response.body == whole.body)
            let pauses = (whole.body.count - 1) / 100
            #expect(clock.sleeps == Array(repeating: .milliseconds(50), count: pauses))
        }
    }

    @Test func delayComesBeforeTheAnswer() async throws {
        let clock = InstantClock()
        try await TestCloud.run(clock: clock) { cloud in
            cloud.simulator.set(Fault(delay: .seconds(3)), for: .identityToken)
            let response = try await cloud.askIdentityToken()
            #expect(response.status == 200)
            #expect(clock.sleeps == [.seconds(3)])
        }
    }

    @Test(
        arguments: [
            (429, 7, "7"), (429, nil, nil), (401, nil, nil), (403, nil, nil), (404, nil, nil), (500, nil, nil),
            (503, 0, "0"),
        ] as [(Int, Int?, String?)]
    )
    func statusHasTheErrorOfTheService(status: Int, retryAfter: Int?, header: String?) async throws {
        try await TestCloud.run { cloud in
            for endpoint in [Endpoint.identityToken, .iam] {
                cloud.simulator.set(.status(status, retryAfter: retryAfter), for: endpoint)
                let response = try await cloud.client.send(endpoint)
                #expect(response.status == status)
                #expect(response.headers["retry-after"] == header)
                let member = endpoint == .iam ? "errorCode" : "errors"
                #expect(try response.members().contains(member))
            }
        }
    }

    @Test(arguments: [
        (Endpoint.certificates, #"{"errors":[{"code":"service_error","#), (.vpc, #""code":"service_error""#),
        (.iamIdentity, #""message_code":"BXNIM0503E""#), (.secretsManager, #""status_code":503"#),
        (.objectStorage, "<Code>SlowDown</Code>"), (.resourceController, #"{"error_code":"RC-InternalError","#),
        (.keyProtect, #""code":"INTERNAL_ERR""#),
    ])
    func eachServiceHasErrorsOfItsOwn(endpoint: Endpoint, part: String) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(.status(503), for: endpoint)
            let response = try await cloud.client.send(endpoint)
            #expect(response.status == 503)
            #expect(response.text.contains(part))
            #expect(cloud.simulator.requestCount(of: endpoint) == 1)
        }
    }

    @Test(arguments: [
        (FaultAnswer(status: 200, body: .empty), 200, ""),
        (FaultAnswer(status: 200, body: .text("<html>")), 200, "<html>"),
        (FaultAnswer(status: 502, body: .empty), 502, ""),
        (FaultAnswer(status: 204, body: .text("none")), 204, ""),
    ])
    func theBodyIsTheOneThatWasAsked(answer: FaultAnswer, status: Int, body: String) async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(Fault(answer: answer), for: .keys)
            let response = try await cloud.client.send(.keys)
            #expect(response.status == status)
            #expect(response.text == body)
        }
    }

    @Test func aFaultIsGoneWhenItIsUsedUp() async throws {
        try await TestCloud.run { cloud in
            cloud.simulator.set(.status(500, times: 2), for: .keys)
            var statuses: [Int?] = []
            for _ in 0..<3 { statuses.append(try await cloud.client.send(.keys).status) }
            #expect(statuses == [500, 500, 200])
            #expect(cloud.simulator.faults.isEmpty)
        }
    }

    @Test func aConnectionServesSeveralRequests() async throws {
        try await TestCloud.run { cloud in
            let head = "GET /identity/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            let response = try await cloud.client.exchange("\(head)\r\n\(head)Connection: close\r\n\r\n")
            let text = String(decoding: response.bytes, as: UTF8.self)
            #expect(text.components(separatedBy: "HTTP/1.1 200").count == 3)
        }
    }
}

extension RawClient {
    /// A request that would succeed or be refused, but would be answered, at `endpoint`.
    fileprivate func send(
        _ endpoint: Endpoint,
        whenSent: (() async throws -> Void)? = nil
    ) async throws -> RawResponse {
        let version = "version=2025-08-26"
        switch endpoint {
        case .identityToken: return try await send("PUT", "/identity/v1/token?\(version)", whenSent: whenSent)
        case .iamToken: return try await send("POST", "/identity/v1/iam_tokens?\(version)", whenSent: whenSent)
        case .certificates:
            return try await send("POST", "/identity/v1/certificates?\(version)", whenSent: whenSent)
        case .metadata: return try await send("GET", "/metadata/v1/instance?\(version)", whenSent: whenSent)
        case .iam: return try await send("POST", "/identity/token", whenSent: whenSent)
        case .keys: return try await send("GET", "/identity/keys", whenSent: whenSent)
        case .vpc: return try await send("GET", "/v1/instances?\(version)", whenSent: whenSent)
        case .iamIdentity: return try await send("GET", "/v1/apikeys", whenSent: whenSent)
        case .secretsManager: return try await send("GET", "/api/v2/secrets", whenSent: whenSent)
        case .objectStorage: return try await send("GET", "/", whenSent: whenSent)
        case .resourceController: return try await send("GET", "/v2/resource_keys", whenSent: whenSent)
        case .keyProtect: return try await send("GET", "/api/v2/keys/none/metadata", whenSent: whenSent)
        }
    }
}
