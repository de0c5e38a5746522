package import FoundationEssentials

/// The instants that decide what may be done with a token.
///
/// Its end is kept on both clocks, and the earlier one counts: a wall clock that is set back cannot prolong it, nor can a
/// suspended machine.
package struct TokenLife: Sendable {
    /// `exp - iat`, in seconds; never negative.
    private let length: TimeInterval
    private let expiresAt: Date
    let obtainedAt: Duration
    let bootExpiry: Duration
    /// Renewal is due when no more seconds than this remain.
    private let renewalRemaining: TimeInterval
    /// A token younger than this is not renewed: the next one would not be better.
    private let minimumAge: Duration

    /// The life of a token that was obtained now.
    ///
    /// - Parameters:
    ///   - issuedAt: `iat`.
    ///   - expiresAt: `exp`.
    ///   - now: when it was obtained.
    ///   - late: for how many seconds the renewal that brought it had been due; `nil` when it was not.
    ///   - draw: uniform in 0..<1, drawn once for this token so that renewals of many machines spread out and stay
    ///     spread (reference: peers, note 1).
    package init(issuedAt: Date, expiresAt: Date, now: Moment, late: TimeInterval?, draw: Double) {
        length = max(0, expiresAt.timeIntervalSince(issuedAt))
        self.expiresAt = expiresAt
        let remaining = max(0, expiresAt.timeIntervalSince(now.wall))
        obtainedAt = now.boot
        bootExpiry = now.boot + .seconds(remaining)
        let youth = min(Self.youth, remaining / 2)
        let wait = RenewalBeat.token.wait(life: length, late: late, youth: youth, draw: draw)
        // Never later than the latest part of life, however little of it was left at arrival.
        renewalRemaining = max(length * (1 - RenewalBeat.token.latest), remaining - wait)
        minimumAge = .seconds(youth)
    }

    /// The life of a token that another instance obtained.
    ///
    /// - Parameters:
    ///   - issuedAt: `iat`.
    ///   - expiresAt: `exp`.
    ///   - handed: what that instance says of its times; its end counts where it is the earlier one.
    ///   - now: when it was taken over.
    ///   - draw: as above.
    init(issuedAt: Date, expiresAt: Date, handed: HandedToken, now: Moment, draw: Double) {
        length = max(0, expiresAt.timeIntervalSince(issuedAt))
        self.expiresAt = expiresAt
        obtainedAt = handed.obtainedAt
        bootExpiry = min(handed.endsAt, now.boot + .seconds(max(0, expiresAt.timeIntervalSince(now.wall))))
        let age = length - (bootExpiry - now.boot).seconds
        renewalRemaining = length - RenewalBeat.token.age(life: length, reached: age, draw: draw)
        minimumAge = .seconds(min(Self.youth, (handed.endsAt - handed.obtainedAt).seconds / 2))
    }

    /// Seconds until the token ends, by the clock that says less; negative afterwards.
    package func remaining(at now: Moment) -> TimeInterval {
        min(expiresAt.timeIntervalSince(now.wall), (bootExpiry - now.boot).seconds)
    }

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

    /// For how many seconds renewal has been due; negative before it is.
    func late(at now: Moment) -> TimeInterval { renewalRemaining - remaining(at: now) }

    /// What must remain for a token to be handed over while a better one can be waited for.
    var leastRemaining: TimeInterval { length * Self.leastLife }

    /// Below 25 % of life IBM's own clients ask again and again (reference: IBM API, section 0.4 rule 1).
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
