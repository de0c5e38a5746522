internal import AccessPolicy
internal import DaemonConfiguration
internal import DocumentReader
internal import TokenBroker

/// All that the daemon is told from outside: its configuration and the policies that it names.
struct DaemonSettings: Sendable {
    let configuration: DaemonConfiguration
    let policy: Policy

    init(configurationFile: String) throws(DocumentError) {
        let text = try TextFile.read(configurationFile)
        configuration = try DaemonConfiguration(parsing: text, file: configurationFile, accounts: .ofThisMachine)
        policy = try Self.readPolicy(configuration)
    }

    /// The policy as it is in the folder now.
    func readPolicy() throws(DocumentError) -> Policy { try Self.readPolicy(configuration) }

    private static func readPolicy(_ configuration: DaemonConfiguration) throws(DocumentError) -> Policy {
        try PolicyFolder.read(
            configuration.policies,
            profiles: Set(configuration.profiles.map(\.name)),
            accounts: .ofThisMachine
        )
    }
}
