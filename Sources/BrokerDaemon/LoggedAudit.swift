internal import AccessPolicy
internal import AuditChain
internal import AuditTrail
internal import JOSE
internal import Logging
internal import TokenBroker

/// Writes audit events to the log, as sentences with fields.
///
/// What workloads cause with each request is for debugging only: here it would fill the log.
struct LoggedAudit: AuditLog {
    let logger: Logger

    /// The daemon's own log is there for people: nothing waits for it.
    var mayProceed: Bool { true }

    /// No profile has a name with a space in it.
    private static func name(_ profile: ProfileName?) -> String { profile?.rawValue ?? "all profiles" }

    func record(_ event: AuditEvent) {
        switch event {
        case .decided(let decision):
            logger.debug("Policy decided", metadata: ["profile": "\(decision.profile)"])
        case .resourceDecided(let decision):
            logger.debug("Policy decided", metadata: ["resource": "\(decision.resource)"])
        case .notAttested(let id, _, _, _):
            logger.debug("Caller not attested", metadata: ["decision": "\(id)"])
        case .released(let release):
            logger.debug(
                "Token released",
                metadata: ["profile": "\(release.profile)", "policy.grant": "\(release.grant)"]
            )
        case .tokenObtained(let profile, let token):
            logger.info("Token obtained", metadata: ["profile": "\(profile)", "token.expires": "\(token.expiresAt)"])
        case .tokenTakenOver(let profile, let token, _):
            logger.info("Token taken over", metadata: ["profile": "\(profile)", "token.expires": "\(token.expiresAt)"])
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
        case .certificateObtained(let name, let serial, let expiresAt):
            logger.info(
                "Certificate written",
                metadata: [
                    "certificate": "\(name)", "certificate.serial": "\(serial)", "certificate.expires": "\(expiresAt)",
                ]
            )
        case .certificateFailed(let name, let reason):
            logger.warning(
                "Certificate could not be renewed",
                metadata: ["certificate": "\(name)", "error": "\(reason)"]
            )
        case .sinkWritten(let sink):
            logger.info(
                "Sink written",
                metadata: [
                    "sink": "\(sink.name)", "profile": "\(sink.profile)", "policy.grant": "\(sink.grant)",
                    "token.expires": "\(sink.token.expiresAt)",
                ]
            )
        case .sinkRemoved(let name, let reason):
            logger.notice("Sink removed", metadata: ["sink": "\(name)", "reason": "\(reason)"])
        case .sinkFailed(let name, let reason):
            logger.warning("Sink is not as it should be", metadata: ["sink": "\(name)", "error": "\(reason)"])
        case .rotation(let step):
            logger.log(
                level: Self.level(of: step.kind),
                "Rotation went on",
                metadata: [
                    "rotation.plan": "\(step.plan)", "rotation.id": "\(step.rotation ?? "")",
                    "rotation.step": "\(step.kind)", "rotation.detail": "\(step.detail)",
                ]
            )
        case .policyLoaded(let generation):
            logger.notice("Policy loaded", metadata: ["policy": "\(generation)"])
        case .policyRefused(let message):
            logger.error("Policy not loaded; the one before stays in force", metadata: ["error": "\(message)"])
        case .locked(let profile, let user):
            logger.notice("Locked", metadata: ["profile": "\(Self.name(profile))", "operator.uid": "\(user)"])
        case .unlocked(let profile, let user):
            logger.notice("Unlocked", metadata: ["profile": "\(Self.name(profile))", "operator.uid": "\(user)"])
        case .started(let version):
            logger.info("Started", metadata: ["version": "\(version)"])
        case .stopped:
            // The daemon says so itself, once nothing is left to stop.
            break
        }
    }

    /// What halts needs somebody.
    private static func level(of step: String) -> Logger.Level {
        switch step {
        case "halted": .error
        case "failed", "abandoning": .warning
        default: .info
        }
    }

    /// Passes on what the audit file has to tell.
    func note(_ notice: AuditNotice) {
        switch notice {
        case .failed(let message):
            logger.error("Audit log cannot be written", metadata: ["error": "\(message)"])
        case .worksAgain:
            logger.notice("Audit log is written again")
        case .lost(let count):
            logger.error("Audit events were lost", metadata: ["audit.lost": "\(count)"])
        case .recovered(let bytes):
            logger.warning("Audit log was interrupted in a write", metadata: ["audit.bytes": "\(bytes)"])
        case .newChain(let reason, let folder):
            logger.error("Audit log begins anew", metadata: ["reason": "\(reason)", "audit.moved_to": "\(folder)"])
        case .head(let head):
            logger.notice("Audit log head", metadata: ["audit.head": "\(head)"])
        }
    }
}
