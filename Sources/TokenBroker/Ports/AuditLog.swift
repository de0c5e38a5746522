package import AccessPolicy
package import FoundationEssentials
package import JOSE

/// Where events go that somebody may have to answer for.
package protocol AuditLog: Sendable {
    /// Takes note of `event`. It returns at once and never fails: what cannot be written is counted by the log itself.
    func record(_ event: AuditEvent)
    var mayProceed: Bool { get }
}

/// What happened to the token of a profile.
///
/// No event carries a token.
package enum AuditEvent: Sendable, Equatable {
    /// A token was obtained and passed verification.
    case tokenObtained(ProfileName, AuditedToken)
    case decided(AuditedDecision)
    case released(AuditedRelease)
    case policyLoaded(generation: UInt64)
    case policyRefused(message: String)
    case started(version: String)
    case stopped
    /// A token was obtained, did not pass verification and was thrown away. Somebody should find out why.
    case tokenRejected(ProfileName, Rejection)
    /// An attempt to obtain a token failed.
    case acquisitionFailed(ProfileName, AcquisitionError)
    /// A token was dropped: the profile is not linked any more, or was locked.
    case tokenDropped(ProfileName)
    /// An operator with this user ID locked a profile, or all when there is no name.
    case locked(ProfileName?, by: UInt32)
    /// An operator with this user ID took the lock of a profile back, or the lock of all when there is no name.
    case unlocked(ProfileName?, by: UInt32)
}

package struct AuditedDecision: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable { case permitted(grant: String); case denied(reason: String); case observed(grant: String, wouldDeny: String); case limited(grant: String) }
    package var id: String?
    package var workload: Workload; package var profile: ProfileName; package var outcome: Outcome
    package init(id: String?, workload: Workload, profile: ProfileName, outcome: Outcome) { (self.id,self.workload,self.profile,self.outcome) = (id,workload,profile,outcome) }
}
package struct AuditedToken: Sendable, Equatable { package var expiresAt: Date
 package init(_ t: VerifiedToken) { expiresAt = t.expiresAt } }
package struct AuditedRelease: Sendable, Equatable { package var workload: Workload; package var profile: ProfileName; package var grant: String; package var token: AuditedToken
 package init(workload: Workload, profile: ProfileName, grant: String, token: AuditedToken) { (self.workload, self.profile, self.grant, self.token) = (workload, profile, grant, token) } }
