internal import AccessPolicy
internal import DaemonConfiguration
internal import DocumentReader
internal import TokenBroker

/// All that the daemon is told from outside: its configuration and the policies that it names.
struct DaemonSettings: Sendable {
    let configuration: DaemonConfiguration
    /// As it was when the daemon started.
    let policy: LoadedPolicy
    private let file: String

    init(configurationFile: String) throws(DocumentErrors) {
        file = configurationFile
        do {
            let text = try TextFile.read(configurationFile)
            configuration = try DaemonConfiguration(parsing: text, file: configurationFile, accounts: .ofThisMachine)
        } catch {
            throw DocumentErrors([error])
        }
        policy = try LoadedPolicy(of: configuration, file: configurationFile)
    }

    /// The policy as it is in the folder now.
    func readPolicy() throws(DocumentErrors) -> LoadedPolicy { try LoadedPolicy(of: configuration, file: file) }
}
