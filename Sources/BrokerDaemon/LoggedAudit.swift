internal import JOSE
internal import Logging
internal import TokenBroker

/// Writes audit events to the log, as sentences with fields.
struct LoggedAudit: AuditLog {
    let logger: Logger

    func record(_ event: AuditEvent) {
        switch event {
        case .tokenObtained(let profile, let expiresAt):
            logger.info("Token obtained", metadata: ["profile": "\(profile)", "token.expires": "\(expiresAt)"])
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
        }
    }
}
