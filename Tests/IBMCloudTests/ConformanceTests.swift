import BrokerTesting
import Foundation
import IBMCloud
import JOSE
import Testing
import TokenBroker

/// The conformance kits, over the real adapters and over the fakes.
@Suite struct ConformanceTests {
    @Test func theMetadataServiceIsAnIdentityTokenSource() async throws {
        let reply = Answers.identityToken()
        try await World.withServer(reply, reply, reply, reply) { client, _ in
            try await checkConformance(of: client.vpcIdentity, now: World.now)
        }
    }

    @Test func theTokenFileIsAnIdentityTokenSource() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
        try Data("opaque".utf8).write(to: path)
        let source = ServiceAccountTokenFile(path: path.path(), now: { World.now })
        try await checkConformance(of: source, now: World.now)
        try FileManager.default.removeItem(at: path)
        await checkFailure(of: source, code: .identityUnreadable)
    }

    @Test func theScriptIsAnIdentityTokenSource() async throws {
        try await checkConformance(of: ScriptedIdentitySource(always: World.identity), now: World.now)
        await checkFailure(of: ScriptedIdentitySource(), code: .upstreamFailed)
    }

    @Test func theExchangersConform() async throws {
        let profile = try World.profile()
        let token = Answers.iamToken
        try await World.withServer(token, token, token, token) { client, _ in
            try await checkConformance(of: client.vpcIdentity, identity: World.identity, profile: profile)
            await checkFailure(
                of: client.vpcIdentity,
                identity: World.identity,
                profile: profile,
                code: .upstreamFailed
            )
        }
        let granted = Answers.grantedToken
        try await World.withServer(granted, granted, granted, granted) { client, _ in
            try await checkConformance(of: client.tokenExchange, identity: World.identity, profile: profile)
            await checkFailure(
                of: client.tokenExchange,
                identity: World.identity,
                profile: profile,
                code: .upstreamFailed
            )
        }
        let scripted = ScriptedExchanger { _ in .success(UnverifiedToken(compact: "h.p.s")) }
        try await checkConformance(of: scripted, identity: World.identity, profile: profile)
        await checkFailure(of: ScriptedExchanger(), identity: World.identity, profile: profile, code: .upstreamFailed)
    }

    @Test func theKeySetSourcesConform() async throws {
        let text = #"{"keys":[\#(try SigningKey(generating: .edDSA, id: "k").publicJWK())]}"#
        try await World.withServer(.json(200, text), .json(200, text)) { client, _ in
            try await checkConformance(of: client.keySet)
            await checkFailure(of: client.keySet, code: .upstreamFailed)
        }
        try await checkConformance(of: ScriptedKeySetSource(always: try KeySet(parsing: text)))
        await checkFailure(of: ScriptedKeySetSource(), code: .upstreamFailed)
    }

    @Test func theMetadataSourcesConform() async throws {
        let (query, absent) = (MetadataQuery(path: "instance"), MetadataQuery(path: "keys/none"))
        let document = Reply.json(200, #"{"id":"0717_2c9f"}"#)
        try await World.withServer(document, document, document, document, .json(404, "{}")) { client, _ in
            try await checkConformance(
                of: client.vpcMetadata,
                identity: World.identity,
                query: query,
                absent: absent
            )
            await checkFailure(of: client.vpcMetadata, identity: World.identity, query: query, code: .upstreamFailed)
        }
        let scripted = ScriptedMetadataSource { call in
            .success(call.query == query ? .document(Array("{}".utf8)) : .notFound)
        }
        try await checkConformance(of: scripted, identity: World.identity, query: query, absent: absent)
        await checkFailure(
            of: ScriptedMetadataSource(),
            identity: World.identity,
            query: query,
            code: .upstreamFailed
        )
    }

    @Test func theCertificateIssuersConform() async throws {
        let request = CertificateRequest(signingRequest: "-----BEGIN CERTIFICATE REQUEST-----\nAA\n")
        let reply = Reply.json(
            200,
            #"{"certificates":["-----BEGIN CERTIFICATE-----\nA"],"id":"one","created_at":"2026-09-01T10:00:00.363Z","#
                + #""expires_at":"2026-09-01T11:00:00Z","expires_in":3600}"#
        )
        try await World.withServer(reply, reply, reply, reply) { client, _ in
            try await checkConformance(of: client.vpcIdentity, identity: World.identity, request: request)
            await checkFailure(
                of: client.vpcIdentity,
                identity: World.identity,
                request: request,
                code: .upstreamFailed
            )
        }
        let issued = IssuedCertificate(
            chain: ["-----BEGIN CERTIFICATE-----\nA"],
            id: "one",
            createdAt: "2026-09-01T10:00:00Z",
            expiresAt: "2026-09-01T11:00:00Z",
            lifetime: 3_600
        )
        let scripted = ScriptedCertificateIssuer(always: issued)
        try await checkConformance(of: scripted, identity: World.identity, request: request)
        await checkFailure(
            of: ScriptedCertificateIssuer(),
            identity: World.identity,
            request: request,
            code: .upstreamFailed
        )
    }
}
