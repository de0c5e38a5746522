internal import BrokerTesting
internal import JOSE
internal import TokenBroker

/// The text of every token of a run.
///
/// One is minted and verified, for all: what decides is the life, which each has of its own.
struct SampleToken: Sendable {
    private let token: VerifiedToken
    private let audited: AuditedToken

    init() throws {
        let mint = try TokenMint()
        let now = VirtualTime.start.wall
        var expectations = TokenExpectations()
        expectations.issuer = mint.issuer
        let verdict = TokenVerifier(expectations)
            .verify(try mint.token(issuedAt: now), with: try mint.keySet(), now: now)
        guard case .accept(let token) = verdict else { throw SimulationError("the token of the run does not verify") }
        (self.token, audited) = (token, AuditedToken(token))
    }

    /// A token with this life.
    func living(_ life: TokenLife, generation: UInt64) -> CachedToken {
        CachedToken(token, audited: audited, life: life, generation: generation)
    }
}

/// Why a run cannot be made.
package struct SimulationError: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
