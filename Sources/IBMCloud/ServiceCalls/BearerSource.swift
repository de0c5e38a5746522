package import JOSE
package import KeyRotation

/// Gives the IAM token that the calls of a plan are made with; a fault, with ``IssuerFault/Code/noToken``, when there is
/// none.
package typealias BearerSource = @Sendable () async -> Result<Redacted<String>, IssuerFault>

/// What IAM's keys say of a token; `nil` when none are known yet.
///
/// It checks signature, issuer and times; whose token it is, the caller looks at.
package typealias TokenCheck = @Sendable (UnverifiedToken) async -> Verdict?
