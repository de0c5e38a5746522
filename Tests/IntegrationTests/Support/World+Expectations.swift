import CloudSimulator
import Foundation
import JOSE
import Testing

// What every answer must be, whatever happened before.
extension World {
    /// Checks that `reply` holds a token of `profile` that is valid now, by a verification of the test's own.
    ///
    /// It must be signed with `key`; `nil` stands for the cloud's first key.
    func expectToken(
        _ reply: Reply,
        of profile: String = "reports",
        key: SigningKey? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let explanation = reply.message ?? ""
        try #require(reply.status == 200, "\(explanation)", sourceLocation: sourceLocation)
        let token = try #require(reply.token.map { UnverifiedToken(compact: $0) }, sourceLocation: sourceLocation)
        let id = try #require(cloud.instance.profiles.first { $0.name == profile }?.id)
        var expectations = TokenExpectations()
        expectations.issuer = Self.issuer
        expectations.accountID = cloud.instance.account
        expectations.profile = .id(id)
        // Signed by a clock of this machine that may have ticked within the second.
        expectations.leeway = 1
        let keys = try KeySet(parsing: #"{"keys":[\#((key ?? TestKeys.keys().iam).publicJWK())]}"#)
        switch TokenVerifier(expectations).verify(token, with: keys, now: Date()) {
        case .accept: break
        case .reject(let rejection): Issue.record("a wrong token: \(rejection)", sourceLocation: sourceLocation)
        }
    }

    /// Checks that `reply` says "not now" in words for people, and no more than that.
    func expectUnavailable(
        _ reply: Reply,
        saying text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(reply.status == 503, sourceLocation: sourceLocation)
        let wait = try #require(reply.headers["retry-after"].flatMap(Int.init), sourceLocation: sourceLocation)
        #expect(wait >= 1, sourceLocation: sourceLocation)
        let isLeaked = reply.body.contains("eyJ")
        try #require(!isLeaked, "an error holds a token", sourceLocation: sourceLocation)
        let message = try #require(reply.message, sourceLocation: sourceLocation)
        #expect(message.contains(text), sourceLocation: sourceLocation)
    }

    /// Checks that the daemon gets a token again, and hands it over.
    ///
    /// The deadlines of some daemons are short, so a busy machine gets a few attempts.
    func expectRecovery(
        of profile: String = "reports",
        key: SigningKey? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 1...5 where try await refresh(profile).status == 200 { break }
        try expectToken(try await ask(profile), of: profile, key: key, sourceLocation: sourceLocation)
    }
}
