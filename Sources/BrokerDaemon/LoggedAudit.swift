internal import AccessPolicy
internal import JOSE
internal import Logging
internal import TokenBroker

/// Writes audit events to the log, as sentences with fields.
struct LoggedAudit: AuditLog {
    let logger: Logger

    var mayProceed: Bool { true }

    /// No profile has a name with a space in it.
    private static func name(_ profile: ProfileName?) -> String { profile?.rawValue ?? "all profiles" }

    func record(_ event: AuditEvent) {
        switch event {
        case .tokenObtained(let profile, let token):
            logger.info("Token obtained", metadata: ["profile": "\(profile)", "token.expires": "\(token.expiresAt)"])
        case .tokenRejected(let profile, let rejection):
            logger.error("Token failed verification", metadata: ["profile": "\(profile)", "reason": "\(rejection)"])
        case .acquisitionFailed(let profile, let error):
            logger.warning(
                "Token could not be obtained",
                metadata: [
                    "profile": "\(profile)", "error.code": "\(error.code.rawValue)", "error": "\(error.message)",
                ]
            )
        case .tokenDropped(let profile):
            logger.warning("Token dropped", metadata: ["profile": "\(profile)"])
        case .locked(let profile, let user):
            logger.notice("Locked", metadata: ["profile": "\(Self.name(profile))", "operator.uid": "\(user)"])
        case .unlocked(let profile, let user):
            logger.notice("Unlocked", metadata: ["profile": "\(Self.name(profile))", "operator.uid": "\(user)"])
        default: break
        }
    }
}
