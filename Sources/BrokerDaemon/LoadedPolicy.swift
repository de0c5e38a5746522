internal import AccessPolicy
internal import DaemonConfiguration
internal import DocumentReader
internal import FoundationEssentials
internal import Logging
internal import TokenBroker

/// A policy that was read whole, and what is doubtful in it.
struct LoadedPolicy: Sendable {
    let policy: Policy
    /// What is valid and probably not meant.
    private let warnings: [LintWarning]

    /// Reads the policy folder that `configuration` names; `file` is what warnings call the configuration.
    init(of configuration: DaemonConfiguration, file: String) throws(DocumentErrors) {
        let profiles = configuration.profiles.map(\.name)
        let documents = try PolicyFolder.documents(
            in: configuration.policies,
            profiles: Set(profiles),
            accounts: .ofThisMachine
        )
        policy = Policy(documents)
        warnings = Lint(
            documents,
            profiles: Lint.Profiles(names: profiles, file: file),
            machine: .withoutDigests,
            now: Date()
        )
        .warnings()
    }

    /// Writes the first warnings to the log; `iam-broker policy check` tells them all.
    func reportWarnings(to logger: Logger) {
        for warning in warnings.prefix(Self.mostWarnings) {
            logger.warning("Policy is doubtful", metadata: ["policy.warning": "\(warning)"])
        }
    }

    private static let mostWarnings = 20
}
