package import AccessPolicy
package import AuditTrail
package import BrokerServer
package import DaemonLogging
package import DocumentReader
package import FoundationEssentials
package import IBMCloud
internal import KeyRotation
package import TokenBroker
package import TraceExport

/// Everything that `iam-brokerd` is told by its configuration file; see `docs/configuration.md`.
package struct DaemonConfiguration: Sendable {
    package let cloud: IBMCloudConfiguration
    package let identity: IdentitySetting
    package let issuer: TokenIssuer
    package let profiles: [TrustedProfile]
    /// The folder of grant documents.
    package let policies: String
    package let workload: SocketFile
    package let admin: SocketFile
    /// Where IBM's paths are served to programs that know no Unix sockets; `nil`: nowhere.
    package let emulation: ListenAddress?
    /// Where metrics are served to programs that know no Unix sockets; `nil`: nowhere.
    package let metrics: ListenAddress?
    /// Where the page is served to browsers, beside the admin socket; `nil`: nowhere.
    package let page: ListenAddress?
    /// How long what the metadata service said is given again.
    package let metadataCache: Duration
    /// Identity certificates that are kept renewed in files.
    package let certificates: [CertificateSetting]
    /// Files in which tokens are kept.
    package let sinks: [SinkSetting]
    /// What is rotated: all plans of the folder `rotation`, by name.
    package let rotations: [RotationSetting]
    /// The fleet that this machine belongs to; `nil`: none.
    package let fleet: FleetSetting?
    /// Where systemd asks for credentials of units; `nil`: nowhere.
    package let credentialSocket: SocketFile?
    /// What a credential of this name holds: each profile's name, and the names of the section.
    package let credentials: [String: CredentialSetting]
    /// Where the machine's control groups are mounted, for a daemon in a container; `nil`: it is in none.
    package let controlGroups: String?
    package let limits: ConnectionLimits
    /// The folder of what has to survive a restart.
    package let state: String
    package let audit: AuditFileConfiguration
    package let log: LogConfiguration
    /// Where spans go; `nil`: nowhere.
    package let tracing: TracingConfiguration?
    /// Event loops for the sockets.
    package let threads: Int

    /// Reads a configuration file's text.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - file: what errors call it.
    ///   - accounts: finds users and groups by name.
    ///   - now: rotation plans must have a start after it.
    /// - Throws: ``DocumentError`` with file, line and key of the first thing that is wrong.
    package init(
        parsing text: String,
        file: String,
        accounts: AccountNames,
        now: Date = Date()
    ) throws(DocumentError) {
        let reader = ConfigurationReader(accounts: accounts)
        let top = try DocumentValue(parsing: text, file: file)
            .mapping(known: [
                "metadata", "iam", "identity", "account", "profiles", "policies", "listen", "certificates", "sinks",
                "credentials", "rotation", "resource_controller", "limits", "state", "audit", "threads",
                "log", "tracing", "etcd", "attestation",
            ])
        let iam = try reader.iam(top["iam"])
        cloud = IBMCloudConfiguration(
            metadata: try reader.metadata(top["metadata"]),
            iam: iam.configuration,
            resourceController: try reader.resourceController(top["resource_controller"])
        )
        identity = try reader.identity(top["identity"])
        issuer = TokenIssuer(issuer: iam.issuer, accountID: try reader.account(top["account"]))
        profiles = try reader.profiles(top.required("profiles"), account: issuer.accountID, identity)
        policies = try reader.path(top.required("policies"))
        (workload, admin) = try reader.listeners(top["listen"])
        emulation = try reader.emulation(top["listen"])
        metrics = try reader.metricsAddress(top["listen"])
        page = try reader.page(top["listen"])
        metadataCache = try reader.metadataCache(top["metadata"])
        certificates = try reader.certificates(top["certificates"], identity)
        sinks = try reader.sinks(top["sinks"], profiles: profiles, identity)
        credentialSocket = try reader.credentialSocket(top["listen"])
        credentials = try reader.credentials(top["credentials"], profiles: profiles)
        if credentialSocket == nil, let section = top["credentials"] {
            throw section.error("nobody can ask for them without listen.credentials")
        }
        try reader.checkThatFilesDiffer(sinks, certificates, top["sinks"])
        let surroundings = RotationPlanReader.Surroundings(
            profiles: profiles,
            account: issuer.accountID,
            certificates: certificates,
            sinks: sinks,
            now: now
        )
        rotations = try reader.rotations(top["rotation"], surroundings)
        fleet = try reader.fleet(top["etcd"])
        controlGroups = try reader.controlGroups(top["attestation"])
        limits = try reader.limits(top["limits"])
        state = try top["state"].map(reader.path) ?? "/var/lib/iam-broker"
        audit = try reader.audit(top["audit"], state: state)
        log = try reader.log(top["log"])
        tracing = try reader.tracing(top["tracing"])
        threads = try top["threads"]?.integer(in: 1...64) ?? 1
    }
}

extension DaemonConfiguration {
    /// Whose tokens are in which sink.
    package var profileOfSink: [String: ProfileName] {
        Dictionary(sinks.map { ($0.name, $0.profile) }) { first, _ in first }
    }

    /// Whose tokens which rotation plan uses.
    package var profileOfRotation: [String: ProfileName] {
        Dictionary(rotations.map { ($0.plan.name.rawValue, $0.plan.profile) }) { first, _ in first }
    }
}

/// Where the identity token comes from.
///
/// There is one source, and no way from one to the other while the daemon runs.
package enum IdentitySetting: Sendable, Equatable {
    /// The metadata service of a VPC instance.
    case metadataService
    /// The token file of a Kubernetes service account; tokens then come from IAM's `cr-token` grant.
    case tokenFile(String)
}
