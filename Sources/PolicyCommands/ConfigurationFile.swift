internal import AccessPolicy
internal import DaemonConfiguration
internal import DocumentReader

/// The daemon's configuration, as far as policies need it.
enum ConfigurationFile {
    static let standard = "/etc/iam-broker/config.yaml"

    static func read(_ path: String) throws(DocumentError) -> DaemonConfiguration {
        try DaemonConfiguration(parsing: TextFile.read(path), file: path, accounts: .ofThisMachine)
    }
}
