package import FoundationEssentials
package import JOSE

/// A verified token in the cache, with the instants that decide what may be done with it.
///
/// Its end is kept on both clocks, and the earlier one counts: a wall clock that is set back cannot prolong it, nor can a
/// suspended machine.
///
/// It is a class so that handing it around on the hot path counts one reference, not one for each part of the token.
package final class CachedToken: Sendable {
    package let token: VerifiedToken
    /// What the audit log says of the token, each time it is handed over.
    package let audited: AuditedToken
    /// Tells one token of a profile from the next.
    package let generation: UInt64
    /// Wiped with the token, by whoever wipes that.
    package let rendering = TokenRendering()
    private let obtainedAt: Duration
    private let bootExpiry: Duration
    /// Renewal is due when no more seconds than this remain.
    private let renewalRemaining: TimeInterval
    /// A token younger than this is not renewed: the next one would not be better.
    private let minimumAge: Duration

    /// - Parameters:
    ///   - token: what was obtained.
    ///   - generation: counts the profile's tokens.
    ///   - now: when it was obtained.
    ///   - draw: uniform in 0..<1, drawn once for this token so that renewals of many machines spread out and stay
    ///     spread (reference: peers, note 1).
    init(_ token: VerifiedToken, generation: UInt64, now: Moment, draw: Double) {
        self.token = token
        audited = AuditedToken(token)
        self.generation = generation
        let remaining = max(0, token.expiresAt.timeIntervalSince(now.wall))
        obtainedAt = now.boot
        bootExpiry = now.boot + .seconds(remaining)
        renewalRemaining = token.lifetime * (1 - (Self.earliestRenewal + draw * Self.renewalSpan))
        minimumAge = .seconds(min(Self.youth, remaining / 2))
    }

    /// - Parameters:
    ///   - token: what was handed over by another instance, and verified again.
    ///   - handed: what that instance says of its times; its end counts where it is the earlier one.
    ///   - generation: counts the profile's tokens.
    ///   - now: when it was taken over.
    ///   - draw: as above.
    init(_ token: VerifiedToken, handed: HandedToken, generation: UInt64, now: Moment, draw: Double) {
        self.token = token
        audited = AuditedToken(token)
        self.generation = generation
        obtainedAt = handed.obtainedAt
        bootExpiry = min(handed.endsAt, now.boot + .seconds(max(0, token.expiresAt.timeIntervalSince(now.wall))))
        renewalRemaining = token.lifetime * (1 - (Self.earliestRenewal + draw * Self.renewalSpan))
        minimumAge = .seconds(min(Self.youth, (handed.endsAt - handed.obtainedAt).seconds / 2))
    }

    /// The token and its times, for the next instance.
    func handed(by profile: TrustedProfile) -> HandedToken {
        HandedToken(
            profile: profile.name,
            reference: profile.reference.handoverText,
            token: UnverifiedToken(compact: token.compact.exposed),
            obtainedAt: obtainedAt,
            endsAt: bootExpiry
        )
    }

    /// Seconds until the token ends, by the clock that says less; negative afterwards.
    package func remaining(at now: Moment) -> TimeInterval {
        min(token.expiresAt.timeIntervalSince(now.wall), (bootExpiry - now.boot).seconds)
    }

    /// `exp` of the token: whole seconds since 1970.
    package var endsAt: Int { Int(token.expiresAt.timeIntervalSince1970) }

    /// Whether the token is too young for another one to be any better.
    ///
    /// When the wall clock was set forward since, another one would be better at once.
    func isYoung(at now: Moment) -> Bool {
        let byBoot = (bootExpiry - now.boot).seconds
        return now.boot - obtainedAt < minimumAge && remaining(at: now) > byBoot - Self.clockTolerance
    }

    func isRenewalDue(at now: Moment) -> Bool { remaining(at: now) <= renewalRemaining && !isYoung(at: now) }

    /// When renewal becomes due, on the boot-time clock, if the wall clock is not set until then.
    func renewalDue(at now: Moment) -> Duration {
        let byLife = now.boot + .seconds(max(0, remaining(at: now) - renewalRemaining))
        return isYoung(at: now) ? max(byLife, obtainedAt + minimumAge) : byLife
    }

    /// What must remain for a token to be handed over while a better one can be waited for.
    var leastRemaining: TimeInterval { token.lifetime * Self.leastLife }

    /// Renewal falls due between 50 % and 70 % of life (reference: IBM API, section 0.4 rule 1).
    private static let earliestRenewal = 0.5
    private static let renewalSpan = 0.2
    /// Below 25 % of life IBM's own clients ask again and again (same rule).
    private static let leastLife = 0.25
    private static let youth: TimeInterval = 60
    /// Adjustments of the wall clock up to this are not taken for a step, in seconds.
    private static let clockTolerance: TimeInterval = 1
}

extension Duration {
    /// The time span in seconds.
    package var seconds: TimeInterval {
        TimeInterval(components.seconds) + TimeInterval(components.attoseconds) * 1e-18
    }
}
