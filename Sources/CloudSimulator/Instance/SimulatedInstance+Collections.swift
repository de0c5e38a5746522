// The lists of the instance file.
extension SimulatedInstance {
    static let collections: Set = [
        "buckets", "cluster_network_attachments", "placement_groups", "secrets", "software_attachments",
    ]

    mutating func readCollections(_ reader: ObjectReader) throws(DocumentError) {
        placementGroups = try Self.resources(reader, "placement_groups") ?? placementGroups
        softwareAttachments = try Self.resources(reader, "software_attachments") ?? softwareAttachments
        clusterNetworkAttachments =
            try Self.resources(reader, "cluster_network_attachments") ?? clusterNetworkAttachments
        buckets = try reader.strings("buckets") ?? buckets
        guard let readers = try reader.objects("secrets", knowing: ["id", "name", "type", "group"]) else { return }
        secrets = []
        for entry in readers {
            let id = try entry.required("id", entry.text("id"))
            let name = try entry.required("name", entry.text("name"))
            let type: SimulatedSecret.SecretType = try entry.choice("type") ?? .arbitrary
            let group = try entry.text("group") ?? "default"
            secrets.append(SimulatedSecret(id: id, name: name, type: type, group: group))
        }
    }

    private static func resources(_ reader: ObjectReader, _ name: String) throws(DocumentError) -> [NamedResource]? {
        guard let readers = try reader.objects(name, knowing: ["id", "name"]) else { return nil }
        var resources: [NamedResource] = []
        for entry in readers {
            let resource = NamedResource(
                id: try entry.required("id", entry.text("id")),
                name: try entry.required("name", entry.text("name"))
            )
            guard !resources.contains(where: { $0.id == resource.id }) else {
                throw entry.error("id", "is there twice")
            }
            resources.append(resource)
        }
        return resources
    }
}
