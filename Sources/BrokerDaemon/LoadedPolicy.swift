internal import AccessPolicy
internal import DaemonConfiguration
internal import DocumentReader
internal import FoundationEssentials
internal import Logging
internal import TokenBroker

/// A policy that was read whole.
struct LoadedPolicy: Sendable {
    let policy: Policy
    private let documents: [PolicyDocument]
    private let profiles: Lint.Profiles

    /// Reads the policy folder that `configuration` names; `file` is what warnings call the configuration.
    init(of configuration: DaemonConfiguration, file: String) throws(DocumentErrors) {
        let profiles = configuration.profiles.map(\.name)
        documents = try PolicyFolder.documents(
            in: configuration.policies,
            profiles: Set(profiles),
            sinks: Set(configuration.sinks.map(\.name)),
            rotations: Set(configuration.profileOfRotation.keys),
            accounts: .ofThisMachine
        )
        policy = Policy(documents)
        self.profiles = Lint.Profiles(
            names: profiles,
            sinks: configuration.profileOfSink,
            rotations: configuration.profileOfRotation,
            file: file
        )
    }

    /// Writes what is valid and probably not meant to the log, the first of it; `iam-broker policy check` tells all.
    ///
    /// It asks for users and looks at files, which may take long.
    func reportWarnings(to logger: Logger) {
        let lint = Lint(documents, profiles: profiles, machine: .withoutDigests, now: Date())
        for warning in lint.warnings().prefix(Self.mostWarnings) {
            logger.warning("Policy is doubtful", metadata: ["policy.warning": "\(warning)"])
        }
    }

    private static let mostWarnings = 20
}
