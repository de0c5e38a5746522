internal import AccessPolicy
internal import TokenBroker
internal import WorkloadAttestation

/// Why a caller gets no token.
enum HandoutRefusal: Error, Sendable {
    /// Nobody can say who the caller is, or it is not what it was.
    case notAttested(AttestationError)
    /// The policy says no.
    case denied(DecisionRecord, Workload)
    /// The grant permits, but not that often; how long to wait.
    case tooOften(DecisionRecord, Duration)
    case locked(String)
    /// The daemon has no such profile.
    case notConfigured
    /// Nothing goes out unrecorded where a record is required.
    case auditUnavailable
    /// There is no token at the moment.
    case noToken(ProfileLane.Refusal)

    static let auditMessage = "the audit log cannot be written, and audit.required is set"

    static func denial(_ profile: ProfileName, _ record: DecisionRecord, _ workload: Workload) -> String {
        let process = workload.processID > 0 ? ", pid \(workload.processID)" : ""
        return "profile \(profile) is not for this process (uid \(workload.userID)\(process)): \(record.refusal)"
    }

    static func excess(_ record: DecisionRecord) -> String {
        "too many requests: \(record.refusal); keep the token until it expires instead of asking again"
    }

    static func absence(_ profile: ProfileName, _ refusal: ProfileLane.Refusal) -> String {
        "no token for profile \(profile): \(refusal.error.message)"
    }

    /// Whole seconds for `Retry-After`: one at least.
    static func retryAfter(_ wait: Duration) -> Int { max(1, Int(min(wait.seconds, 86_400).rounded(.up))) }
}
