internal import AccessPolicy
internal import BrokerMetrics
internal import CoreMetrics
internal import FoundationEssentials
internal import TokenBroker

/// Counts what came of attempts to obtain tokens, and remembers when one succeeded.
struct CountedAudit: AuditLog {
    private let registry: MetricRegistry
    private let time: any TimeSource

    /// - Parameters:
    ///   - profiles: all that are configured: what can happen to them is served before it happened.
    ///   - registry: keeps the counts.
    ///   - time: the clocks.
    init(profiles: [ProfileName], registry: MetricRegistry, time: any TimeSource) {
        (self.registry, self.time) = (registry, time)
        for profile in profiles { _ = attempts(of: profile, "obtained") }
    }

    /// Nothing waits for it.
    var mayProceed: Bool { true }

    func record(_ event: AuditEvent) {
        switch event {
        case .tokenObtained(let profile, _):
            attempts(of: profile, "obtained").increment()
            succeeded(profile, at: time.now.wall)
        case .tokenTakenOver(let profile, _, let obtainedAt):
            succeeded(profile, at: obtainedAt)
        case .acquisitionFailed(let profile, let error):
            attempts(of: profile, error.code.rawValue).increment()
        default:
            // Whatever else there is to count is looked up when somebody asks.
            break
        }
    }

    private func succeeded(_ profile: ProfileName, at time: Date) {
        Meter(
            label: MetricFamily.tokenLastSuccess.name,
            dimensions: [("profile", profile.rawValue)],
            factory: registry
        )
        .set(time.timeIntervalSince1970)
    }

    private func attempts(of profile: ProfileName, _ outcome: String) -> Counter {
        Counter(
            label: MetricFamily.acquisitions.name,
            dimensions: [("profile", profile.rawValue), ("outcome", outcome)],
            factory: registry
        )
    }
}
