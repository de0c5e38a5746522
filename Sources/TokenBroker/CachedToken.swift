package import FoundationEssentials
package import JOSE

/// A verified token in the cache, with the instants that decide what may be done with it.
///
/// It is a class so that handing it around on the hot path counts one reference, not one for each part of the token.
package final class CachedToken: Sendable {
    package let token: VerifiedToken
    /// What the audit log says of the token, each time it is handed over.
    package let audited: AuditedToken
    /// When it is to be renewed, and when it ends.
    let life: TokenLife
    /// Tells one token of a profile from the next.
    package let generation: UInt64
    /// Wiped with the token, by whoever wipes that.
    package let rendering = TokenRendering()

    /// - Parameters:
    ///   - token: what was obtained.
    ///   - audited: what the audit log says of it.
    ///   - life: its times.
    ///   - generation: counts the profile's tokens.
    package init(_ token: VerifiedToken, audited: AuditedToken, life: TokenLife, generation: UInt64) {
        (self.token, self.audited) = (token, audited)
        (self.life, self.generation) = (life, generation)
    }

    /// - Parameters:
    ///   - token: what was obtained.
    ///   - generation: counts the profile's tokens.
    ///   - now: when it was obtained.
    ///   - late: for how many seconds the renewal that brought it had been due; `nil` when it was not.
    ///   - draw: uniform in 0..<1, drawn once for this token.
    convenience init(
        _ token: VerifiedToken,
        generation: UInt64,
        now: Moment,
        late: TimeInterval?,
        draw: Double
    ) {
        let life = TokenLife(
            issuedAt: token.issuedAt,
            expiresAt: token.expiresAt,
            now: now,
            late: late,
            draw: draw
        )
        self.init(token, audited: AuditedToken(token), life: life, generation: generation)
    }

    /// - Parameters:
    ///   - token: what was handed over by another instance, and verified again.
    ///   - handed: what that instance says of its times; its end counts where it is the earlier one.
    ///   - generation: counts the profile's tokens.
    ///   - now: when it was taken over.
    ///   - draw: as above.
    convenience init(_ token: VerifiedToken, handed: HandedToken, generation: UInt64, now: Moment, draw: Double) {
        let life = TokenLife(
            issuedAt: token.issuedAt,
            expiresAt: token.expiresAt,
            handed: handed,
            now: now,
            draw: draw
        )
        self.init(token, audited: AuditedToken(token), life: life, generation: generation)
    }

    /// The token and its times, for the next instance.
    func handed(by profile: TrustedProfile) -> HandedToken {
        HandedToken(
            profile: profile.name,
            reference: profile.reference.handoverText,
            token: UnverifiedToken(compact: token.compact.exposed),
            obtainedAt: life.obtainedAt,
            endsAt: life.bootExpiry
        )
    }

    /// Seconds until the token ends, by the clock that says less; negative afterwards.
    package func remaining(at now: Moment) -> TimeInterval { life.remaining(at: now) }

    /// `exp` of the token: whole seconds since 1970.
    package var endsAt: Int { Int(token.expiresAt.timeIntervalSince1970) }
}
