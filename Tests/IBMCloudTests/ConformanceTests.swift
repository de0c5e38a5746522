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
}
