import AccessPolicy
import AuditTrail
import BrokerTesting
import FoundationEssentials
import JOSE
import MessageDigests
import Testing
import TokenBroker

/// What the log says of a token finds it again, and is of no use to anybody else.
struct AuditedTokenTests {
    @Test func aTokenIsNamedAndNeverWritten() async throws {
        let mint = try TokenMint()
        let token = try mint.token(issuedAt: ManualTime.start)
        var expectations = TokenExpectations()
        expectations.issuer = mint.issuer
        let verdict = TokenVerifier(expectations).verify(token, with: try mint.keySet(), now: ManualTime.start)
        guard case .accept(let verified) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        let audited = AuditedToken(verified)
        let digest = try SHA256.digest(of: token.compact.exposed.utf8).hexadecimal
        #expect(audited.fingerprint == String(digest.prefix(16)))
        #expect(audited.tokenID == "7d6e5f4a-3b2c-4d1e-8f0a-9b8c7d6e5f4a")
        #expect(audited.expiresAt == ManualTime.start.addingTimeInterval(3_600))
        let world = try World()
        let profile = try #require(ProfileName("reports"))
        try await world.session([.tokenObtained(profile, audited)])
        let text = try world.allLines().joined()
        #expect(text.contains(audited.fingerprint))
        #expect(!text.contains("eyJ"))
        #expect(!text.contains(String(digest.prefix(17))))
    }
}
