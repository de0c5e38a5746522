internal import AccessPolicy
internal import CredentialSinks
internal import FoundationEssentials
internal import JOSE
internal import TokenBroker

extension SinkValues {
    /// What belongs to a released token.
    ///
    /// The token leaves the daemon here, to a place that policy names.
    init(_ released: ReleasedToken) {
        self.init(
            token: Redacted(released.cached.token.compact.exposed),
            expiresIn: released.expiresIn,
            expiresAt: released.expiresAt,
            expiresAtUTC: Date(timeIntervalSince1970: TimeInterval(released.expiresAt)).formatted(.iso8601),
            profile: released.permit.profile.rawValue
        )
    }
}

extension SinkContent {
    /// The bytes of a credential; `nil` when something is missing for it.
    @Sendable func bytes(of released: ReleasedToken) -> [UInt8]? {
        text(SinkValues(released)).map { Array($0.exposed.utf8) }
    }
}
