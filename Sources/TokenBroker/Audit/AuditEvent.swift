package import AccessPolicy
package import FoundationEssentials
package import JOSE

/// What happened that somebody may have to answer for.
///
/// No event carries a token.
package enum AuditEvent: Sendable, Equatable {
    /// The policy was asked whether a workload may have tokens of a profile.
    case decided(AuditedDecision)
    /// The policy was asked whether a workload may have something else of the instance.
    case resourceDecided(AuditedResourceDecision)
    /// A caller was refused because nobody can say who it is.
    case notAttested(id: String, userID: UInt32, processID: Int32, reason: String)
    /// A token was handed to a workload.
    case released(AuditedRelease)
    /// A token was obtained, by exchange or renewal, and passed verification.
    case tokenObtained(ProfileName, AuditedToken)
    /// A token that the last instance of the broker obtained, at that time, passed verification again and is used on.
    case tokenTakenOver(ProfileName, AuditedToken, obtainedAt: Date)
    /// A token was obtained, did not pass verification and was thrown away. Somebody should find out why.
    case tokenRejected(ProfileName, Rejection)
    /// An attempt to obtain a token failed.
    case acquisitionFailed(ProfileName, AcquisitionError)
    /// The cached token was dropped: the profile is not linked any more, or was locked.
    case tokenDropped(ProfileName)
    /// An identity certificate was obtained and written; `name` is what the configuration calls it.
    case certificateObtained(name: String, serial: String, expiresAt: Date)
    /// An identity certificate could not be obtained, believed or written.
    case certificateFailed(name: String, reason: String)
    /// A token was written into a sink's file.
    case sinkWritten(AuditedSink)
    /// A sink's file was taken away.
    case sinkRemoved(name: String, reason: String)
    /// A sink's file could not be written or taken away, or who uses it could not be told.
    case sinkFailed(name: String, reason: String)
    /// A step of a key's rotation.
    case rotation(AuditedRotation)
    /// A policy was read and is in force.
    case policyLoaded(generation: UInt64)
    /// A policy could not be read whole; the one before stays in force.
    case policyRefused(message: String)
    /// An administrator locked one profile, or all of them (`nil`); `by` is his user ID.
    case locked(ProfileName?, by: UInt32)
    /// An administrator lifted the lock of one profile, or of all of them (`nil`); `by` is his user ID.
    case unlocked(ProfileName?, by: UInt32)
    /// The daemon began its work.
    case started(version: String)
    /// The daemon ended its work as it should.
    case stopped
}
