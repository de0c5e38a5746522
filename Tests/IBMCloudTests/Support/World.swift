import AccessPolicy
import Foundation
import IBMCloud
import JOSE
import Testing
import TokenBroker

/// What the tests have in common: dates, tokens, profiles and clients.
enum World {
    /// The clock of all tests: 2026-09-01T10:00:00Z.
    static let now = Date(timeIntervalSince1970: 1_788_256_800)
    static let instanceCRN =
        "crn:v1:bluemix:public:is:us-south-1:a/3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f::instance:0717_2c9f"
    /// A piece that no message may hold.
    static let secret = "c2VjcmV0LXNlY3JldA"
    static let identity = InstanceIdentityToken(
        compact: Redacted("aaaa.\(secret).cccc"),
        expiresAt: now + 300,
        instanceCRN: instanceCRN
    )
    static let deadlines = HTTPDeadlines(connect: .seconds(10), firstByte: .seconds(20), total: .seconds(30))

    static func profile(_ reference: ProfileReference? = nil) throws -> TrustedProfile {
        let id = try #require(ProfileID("Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"))
        return TrustedProfile(name: try #require(ProfileName("reports")), reference: reference ?? .id(id))
    }

    /// An unsigned token that looks like IBM's.
    static func token(claims: String) -> String {
        [#"{"alg":"RS256","kid":"k"}"#, claims, secret].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
    }

    static func configuration(
        port: Int,
        scheme: String = "http",
        deadlines: HTTPDeadlines = deadlines,
        trust: TLSTrust = .systemRoots,
        requireNonce: Bool = true
    ) throws -> IBMCloudConfiguration {
        let url = try #require(ServiceURL("\(scheme)://127.0.0.1:\(port)"))
        return IBMCloudConfiguration(
            metadata: VPCIdentityConfiguration(
                url: url,
                deadlines: deadlines,
                trust: trust,
                requireNonce: requireNonce
            ),
            iam: IAMConfiguration(url: url, deadlines: deadlines, trust: trust)
        )
    }

    /// Runs `body` with a client of `configuration`, and shuts it down.
    static func withClient<Result>(
        _ configuration: IBMCloudConfiguration,
        _ body: (IBMCloudClient) async throws -> Result
    ) async throws -> Result {
        let client = try IBMCloudClient(configuration: configuration, now: { now })
        let result: Result
        do {
            result = try await body(client)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        return result
    }

    /// Runs `body` with a client of a server that gives `replies`.
    static func withServer<Result>(
        _ replies: Reply...,
        deadlines: HTTPDeadlines = deadlines,
        requireNonce: Bool = true,
        _ body: (IBMCloudClient, ScriptedServer) async throws -> Result
    ) async throws -> Result {
        try await ScriptedServer.run(replies) { server in
            let configuration = try configuration(port: server.port, deadlines: deadlines, requireNonce: requireNonce)
            return try await withClient(configuration) { try await body($0, server) }
        }
    }

    /// What `body` throws.
    ///
    /// No message may hold the identity token.
    static func failure(_ body: () async throws -> some Any) async throws -> AcquisitionError {
        let error = try await #require(throws: AcquisitionError.self) { _ = try await body() }
        #expect(!error.message.contains(secret))
        return error
    }
}
