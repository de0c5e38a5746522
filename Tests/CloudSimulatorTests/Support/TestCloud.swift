import CloudSimulator
import Foundation
import JOSE
import Logging
import TestFiles
import Testing

/// Keys that all tests share: making them takes some tenths of a second.
enum TestKeys {
    private static let made = Result { () throws(CryptoError) in
        try SimulatorKeys(generatingAt: TestCloud.start, region: "us-south")
    }
    private static let spare = Result { () throws(CryptoError) in
        try SigningKey(generating: .rs256, id: "202609020000")
    }

    static func keys() throws -> SimulatorKeys { try made.get() }

    /// A key to rotate to.
    static func next() throws -> SigningKey { try spare.get() }
}

/// A simulator that runs, and a client for it.
struct TestCloud {
    /// 2026-09-01T10:00:00.363Z, the instant of IBM's samples.
    static let start = Date(timeIntervalSince1970: 1_788_256_800.363)

    let simulator: CloudSimulator
    let client: RawClient

    static func run<Value: Sendable>(
        instance: SimulatedInstance = SimulatedInstance(),
        clock: InstantClock = InstantClock(),
        _ body: (TestCloud) async throws -> Value
    ) async throws -> Value {
        let simulator = CloudSimulator(
            instance: instance,
            keys: try TestKeys.keys(),
            now: { Self.start },
            noting: { secret in
                #expect(throws: Never.self) { try TestFiles.note(length: secret.length, digest: secret.digest) }
            }
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await simulator.withRunning(clock: clock, logger: logger) { address in
            try await body(TestCloud(simulator: simulator, client: RawClient(port: address.port)))
        }
    }

    /// A fresh identity token, made through the front door.
    func identityToken(body: String = #"{"expires_in":300}"#) async throws -> String {
        let response = try await askIdentityToken(body: body)
        return try response.string("access_token")
    }

    func askIdentityToken(
        _ target: String = "/identity/v1/token?version=2025-08-26",
        body: String = #"{"expires_in":300}"#,
        headers: [String: String] = ["Metadata-Flavor": "ibm"]
    ) async throws -> RawResponse {
        try await client.send("PUT", target, headers: headers, body: body)
    }

    func askIAMToken(
        _ target: String = "/identity/v1/iam_tokens?version=2025-08-26",
        bearer: String? = nil,
        body: String = ""
    ) async throws -> RawResponse {
        let token: String
        if let bearer { token = bearer } else { token = try await identityToken() }
        return try await client.send("POST", target, headers: ["Authorization": "Bearer \(token)"], body: body)
    }

    /// An IAM token of the default profile.
    func iamToken() async throws -> String { try await askIAMToken().string("access_token") }

    func askIAM(_ form: String, headers: [String: String] = [:]) async throws -> RawResponse {
        let type = ["Content-Type": "application/x-www-form-urlencoded"]
        return try await client.send("POST", "/identity/token", headers: type.merging(headers) { $1 }, body: form)
    }

    func askAPIKeyToken() async throws -> RawResponse {
        try await askIAM("grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=simulator-api-key")
    }

    /// What a broker would say of the IAM token in `response`, with the key set fetched now.
    func verdict(
        on response: RawResponse,
        profile: ExpectedProfile? = .any,
        account: String? = "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"
    ) async throws -> Verdict {
        let keys = try KeySet(parsing: await client.send("GET", "/identity/keys").body)
        var expectations = TokenExpectations()
        expectations.issuer = "https://iam.cloud.ibm.com/identity"
        expectations.profile = profile
        expectations.accountID = account
        let token = UnverifiedToken(compact: try response.string("access_token"))
        return TokenVerifier(expectations).verify(token, with: keys, now: Self.start)
    }
}

extension Verdict {
    var rejection: Rejection? {
        switch self {
        case .accept: nil
        case .reject(let rejection): rejection
        }
    }

    /// The claims of an accepted token.
    func claims() throws -> JSONValue {
        switch self {
        case .accept(let token): token.claims.root
        case .reject(let rejection): throw rejection
        }
    }
}
