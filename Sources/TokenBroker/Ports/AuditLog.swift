package import AccessPolicy
package import FoundationEssentials
package import JOSE

/// Where events go that somebody may have to answer for.
package protocol AuditLog: Sendable {
    /// Takes note of `event`. It returns at once and never fails: what cannot be written is counted by the log itself.
    func record(_ event: AuditEvent)
}

/// What happened to the token of a profile.
///
/// No event carries a token.
package enum AuditEvent: Sendable, Equatable {
    /// A token was obtained and passed verification.
    case tokenObtained(ProfileName, expiresAt: Date)
    /// A token was obtained, did not pass verification and was thrown away. Somebody should find out why.
    case tokenRejected(ProfileName, Rejection)
    /// An attempt to obtain a token failed.
    case acquisitionFailed(ProfileName, AcquisitionError)
    /// The cached token was dropped because the profile is not linked any more.
    case tokenDropped(ProfileName)
}
