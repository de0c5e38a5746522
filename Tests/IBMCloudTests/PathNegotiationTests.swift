import IBMCloud
import Testing
import TokenBroker

@Suite struct PathNegotiationTests {
    private static let notFound = Answers.metadataError(404, "not_found")

    @Test func theOlderFamilyIsTriedOnceAfter404AndRemembered() async throws {
        try await World.withServer(Self.notFound, Answers.identityToken(), Answers.iamToken) { client, server in
            let identity = try await client.vpcIdentity.identityToken()
            _ = try await client.vpcIdentity.exchange(identity, for: World.profile())
            #expect(
                server.requests.map(\.line) == [
                    "PUT /identity/v1/token?version=2025-08-26 HTTP/1.1",
                    "PUT /instance_identity/v1/token?version=2022-03-01 HTTP/1.1",
                    "POST /instance_identity/v1/iam_token?version=2022-03-01 HTTP/1.1",
                ]
            )
        }
    }

    @Test func theExchangeNegotiatesToo() async throws {
        try await World.withServer(Self.notFound, Answers.iamToken, Answers.identityToken()) { client, server in
            _ = try await client.vpcIdentity.exchange(World.identity, for: World.profile())
            _ = try await client.vpcIdentity.identityToken()
            #expect(
                server.requests.map(\.line) == [
                    "POST /identity/v1/iam_tokens?version=2025-08-26 HTTP/1.1",
                    "POST /instance_identity/v1/iam_token?version=2022-03-01 HTTP/1.1",
                    "PUT /instance_identity/v1/token?version=2022-03-01 HTTP/1.1",
                ]
            )
        }
    }

    @Test func aRememberedFamilyThatIsGoneIsLeftAgain() async throws {
        try await World.withServer(
            Self.notFound,
            Answers.identityToken(),
            Self.notFound,
            Answers.identityToken(),
            Answers.identityToken()
        ) { client, server in
            for _ in 1...3 { _ = try await client.vpcIdentity.identityToken() }
            #expect(server.requests.map { $0.line.contains("/identity/") } == [true, false, false, true, true])
        }
    }

    @Test func aSecond404EndsTheSearchAndChangesNothing() async throws {
        try await World.withServer(Self.notFound, Self.notFound, Answers.identityToken()) { client, server in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .requestRejected)
            #expect(error.message.contains("neither /identity/v1/token"))
            #expect(server.requests.count == 2)
            _ = try await client.vpcIdentity.identityToken()
            #expect(server.requests.last?.line.hasPrefix("PUT /identity/") == true)
        }
    }

    @Test func aFailureOfTheOtherFamilyIsNotRemembered() async throws {
        try await World.withServer(
            Self.notFound,
            Answers.metadataError(500, "service_error"),
            Answers.identityToken()
        ) { client, server in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .upstreamFailed)
            _ = try await client.vpcIdentity.identityToken()
            #expect(server.requests.last?.line.hasPrefix("PUT /identity/") == true)
        }
    }

    @Test func otherErrorsAreNotTriedAgain() async throws {
        try await World.withServer(Answers.metadataError(500, "service_error")) { client, server in
            _ = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(server.requests.count == 1)
        }
    }
}
