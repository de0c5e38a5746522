internal import AccessPolicy
internal import AuditTrail
internal import BrokerServer
internal import DaemonConfiguration
internal import IBMCloud
internal import KeyRotation
internal import SecretFiles
internal import StatusPage
internal import TokenBroker

extension DaemonConfiguration {
    private typealias Entry = PageMaterial.ConfigurationSection.Entry

    /// What operators are shown of it.
    ///
    /// It names what may be shown, so what is added to the configuration stays out until somebody thinks of it. Programs and their
    /// arguments are left out: people put passwords there.
    var shown: [PageMaterial.ConfigurationSection] {
        [
            .init("Profiles", profiles.map(Self.entry)), .init("IBM Cloud", services), .init("Listeners", listeners),
            .init("Sinks", sinks.map { Entry($0.name, "\($0.profile) in \($0.file.location.path)") }),
            .init("Certificates", certificates.map { Entry($0.name, "lives \($0.lifetime) s") }),
            .init("Rotation plans", rotations.map { Entry($0.plan.name.rawValue, "by \($0.plan.profile)") }),
            .init("This machine", machine),
        ]
        .filter { !$0.entries.isEmpty }
    }

    private static func entry(_ profile: TrustedProfile) -> Entry {
        let reference =
            switch profile.reference {
            case .id(let id): id.rawValue
            case .crn(let crn): crn.rawValue
            case .name(let name): "the one named \(name)"
            case .instanceDefault: "the default profile of the instance"
            }
        return Entry(profile.name.rawValue, reference + (profile.prefetch ? ", prefetched" : ""))
    }

    private var services: [Entry] {
        let identity: Entry =
            switch self.identity {
            case .metadataService: Entry("metadata", cloud.metadata.url.description)
            case .tokenFile(let path): Entry("identity.token_file", path)
            }
        return [identity, Entry("iam", cloud.iam.url.description), Entry("iam.issuer", issuer.issuer)]
            + (issuer.accountID.map { [Entry("account", $0)] } ?? [])
    }

    private var listeners: [Entry] {
        var entries = [Entry("workload", workload.path), Entry("admin", admin.path)]
        if let emulation { entries.append(Entry("metadata", "\(emulation)")) }
        if let metrics { entries.append(Entry("metrics", "\(metrics)")) }
        if let page { entries.append(Entry("page", "\(page)")) }
        if let credentialSocket { entries.append(Entry("credentials", credentialSocket.path)) }
        return entries
    }

    private var machine: [Entry] {
        [
            Entry("policies", policies), Entry("state", state), Entry("audit.folder", audit.folder),
            Entry("audit.required", audit.isRequired ? "yes" : "no"),
            Entry("limits.connections", "\(limits.connections), \(limits.connectionsPerUser) of one user"),
            Entry("threads", "\(threads)"),
        ]
    }
}
