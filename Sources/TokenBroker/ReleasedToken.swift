package import AccessPolicy
internal import FoundationEssentials
internal import JOSE

/// A token on its way to a workload: it exists only where a permit and a verified token met.
package struct ReleasedToken: Sendable {
    package let permit: Permit
    package let cached: CachedToken
    /// Whole seconds that remain at the time of release; at least 1.
    package let expiresIn: Int

    init(permit: Permit, cached: CachedToken, now: Moment) {
        self.permit = permit
        self.cached = cached
        // A finite number far below `Int.max`: `exp` is bounded by verification.
        expiresIn = max(1, Int(cached.remaining(at: now)))
    }

    /// `exp` of the token in whole seconds since 1970.
    package var expiresAt: Int { Int(cached.token.expiresAt.timeIntervalSince1970) }
}
