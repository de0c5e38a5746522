package import AccessPolicy
package import FoundationEssentials
internal import JOSE

/// How a profile is doing: a function of its state alone, so every bad value has a way back to a good one.
package struct ProfileStatus: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        /// A token is there and need not be renewed yet.
        case fresh
        /// A token is there and can be used; its renewal is due.
        case stale
        /// No token is there, and nothing went wrong: nobody asked yet.
        case absent
        /// No token is there, and the last attempt failed.
        case failing
        /// An operator locked the profile.
        case locked
    }

    package enum Breaker: String, Sendable, CaseIterable {
        case closed
        /// So many attempts failed that none is made before ``ProfileStatus/nextAttemptIn`` is over.
        case open
        /// The next attempt decides.
        case halfOpen = "half_open"
    }

    package let profile: ProfileName
    package let state: State
    package let issuedAt: Date?
    package let expiresAt: Date?
    /// Seconds that remain, by the clock that says less.
    package let expiresIn: TimeInterval?
    /// Until the broker renews or tries again of its own accord; `nil` when it will not before somebody asks.
    package let nextAttemptIn: Duration?
    package let breaker: Breaker
    package let consecutiveFailures: Int
    package let lastError: AcquisitionError?
    /// How long ago that was.
    package let sinceFailure: Duration?
    /// When an operator locked the profile.
    package let lockedSince: Date?

    init(_ profile: TrustedProfile, _ lane: LaneState, now: Moment) {
        self.profile = profile.name
        let token = lane.token.flatMap { $0.remaining(at: now) >= 1 ? $0 : nil }
        issuedAt = token?.token.issuedAt
        expiresAt = token?.token.expiresAt
        expiresIn = token?.remaining(at: now)
        lastError = lane.failure?.error
        sinceFailure = lane.failure.map { max(.zero, now.boot - $0.failedAt) }
        consecutiveFailures = lane.failure?.count ?? 0
        lockedSince = lane.lock?.since
        state =
            switch (lane.lock, token, lane.failure) {
            case (_?, _, _): .locked
            case (nil, let token?, _): token.life.isRenewalDue(at: now) ? .stale : .fresh
            case (nil, nil, nil): .absent
            case (nil, nil, _?): .failing
            }
        var lane = lane
        nextAttemptIn =
            switch lane.examined(now: now) {
            case .renew: .zero
            case .look(let at): at.map { max(.zero, $0 - now.boot) }
            }
        breaker =
            switch lane.failure {
            case let failure? where failure.isBreakerTripped: now.boot < failure.nextAttempt ? .open : .halfOpen
            default: .closed
            }
    }
}
