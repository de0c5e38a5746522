// The lists of the instance file.
extension SimulatedInstance {
    static let collections: Set = [
        "buckets", "cluster_network_attachments", "key_protect_instance", "object_storage_instance",
        "placement_groups", "root_keys", "secrets", "software_attachments",
    ]

    mutating func readCollections(_ reader: ObjectReader) throws(DocumentError) {
        placementGroups = try Self.resources(reader, "placement_groups") ?? placementGroups
        softwareAttachments = try Self.resources(reader, "software_attachments") ?? softwareAttachments
        clusterNetworkAttachments =
            try Self.resources(reader, "cluster_network_attachments") ?? clusterNetworkAttachments
        buckets = try reader.strings("buckets") ?? buckets
        objectStorageInstance = try reader.text("object_storage_instance") ?? objectStorageInstance
        keyProtectInstance = try reader.text("key_protect_instance") ?? keyProtectInstance
        try readSecrets(reader)
        try readRootKeys(reader)
    }

    private mutating func readSecrets(_ reader: ObjectReader) throws(DocumentError) {
        guard let readers = try reader.objects("secrets", knowing: SimulatedSecret.members) else { return }
        guard readers.count <= SecretVault.maximumCount else {
            throw reader.error("secrets", "must be \(SecretVault.maximumCount) at most")
        }
        secrets = []
        for entry in readers {
            let secret = try SimulatedSecret(entry)
            guard !secrets.contains(where: { $0.id == secret.id }) else { throw entry.error("id", "is there twice") }
            secrets.append(secret)
        }
    }

    private mutating func readRootKeys(_ reader: ObjectReader) throws(DocumentError) {
        guard let readers = try reader.objects("root_keys", knowing: ["id", "name", "imported"]) else { return }
        rootKeys = []
        for entry in readers {
            let key = SimulatedRootKey(
                id: try entry.required("id", entry.text("id")),
                name: try entry.required("name", entry.text("name")),
                isImported: try entry.bool("imported") ?? false
            )
            guard !rootKeys.contains(where: { $0.id == key.id }) else { throw entry.error("id", "is there twice") }
            rootKeys.append(key)
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
