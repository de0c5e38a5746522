internal import ArgumentParser
internal import JOSE

/// `iam-broker metadata`: what the instance may know about itself.
struct MetadataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metadata",
        abstract: "Read the metadata of this instance, and enable the metadata service of another.",
        discussion: """
            The broker reads for its workloads what policy grants to them; --direct asks the metadata service itself.
            Exit codes: 0 done; 1 there is no such thing; 69 broker or service unavailable; 77 refused.
            """,
        subcommands: [
            InstanceCommand.self, InitializationCommand.self, UserDataCommand.self,
            MetadataListCommand<KeyList>.self, MetadataListCommand<PlacementGroupList>.self,
            MetadataListCommand<NetworkInterfaceList>.self, MetadataListCommand<NetworkAttachmentList>.self,
            MetadataListCommand<VirtualNetworkInterfaceList>.self, MetadataListCommand<VolumeAttachmentList>.self,
            MetadataListCommand<ClusterNetworkAttachmentList>.self, MetadataListCommand<SoftwareAttachmentList>.self,
            MetadataEnableCommand.self,
        ]
    )

    func run() throws {
        throw ValidationError("name a command, such as instance")
    }
}

/// `iam-broker metadata instance`.
struct InstanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "instance", abstract: "Show the instance.")

    @OptionGroup var service: MetadataServiceOptions
    @OptionGroup var output: DocumentOptions

    func run() async throws {
        let document = try await service.session().document("instance", what: "instance")
        try output.write(document) { MetadataText(document.root).text }
    }
}

/// `iam-broker metadata initialization`.
struct InitializationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "initialization",
        abstract: "Show what the instance was initialized with."
    )

    /// Below `/metadata/v1/`.
    static let path = "instance/initialization"

    @OptionGroup var service: MetadataServiceOptions
    @OptionGroup var output: DocumentOptions

    func run() async throws {
        let document = try await service.session().document(Self.path, what: "initialization document")
        try output.write(document) { MetadataText(document.root).text }
    }
}
