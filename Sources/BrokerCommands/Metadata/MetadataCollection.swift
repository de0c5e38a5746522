/// A list of resources that the metadata service keeps.
struct MetadataCollection {
    /// Below `/metadata/v1/`; its last part is the member of the document that holds the list.
    let path: String
    /// What people call one.
    let singular: String
    let columns: [Column]

    /// A column of the table: its head, and where in an entry its cells are.
    struct Column {
        let head: String
        /// Names of members, from outside to inside; the elements of an array are taken one by one.
        let path: [String]

        init(_ head: String, _ path: String...) {
            (self.head, self.path) = (head, path)
        }
    }

    var member: String { path.split(separator: "/").last.map(String.init) ?? path }
    var plural: String { singular + "s" }
    var commandName: String { member.replacing("_", with: "-") }

    init(_ path: String, _ singular: String, _ columns: [Column]) {
        (self.path, self.singular) = (path, singular)
        self.columns = [Column("ID", "id"), Column("NAME", "name")] + columns
    }
}

/// Makes a type of a collection, so that it can be a command.
protocol MetadataList {
    static var collection: MetadataCollection { get }
}

enum KeyList: MetadataList {
    static let collection = MetadataCollection(
        "keys",
        "key",
        [.init("TYPE", "type"), .init("LENGTH", "length"), .init("FINGERPRINT", "fingerprint")]
    )
}

enum PlacementGroupList: MetadataList {
    static let collection = MetadataCollection(
        "placement_groups",
        "placement group",
        [.init("STRATEGY", "strategy"), .init("STATE", "lifecycle_state"), .init("GROUP", "resource_group", "name")]
    )
}

enum NetworkInterfaceList: MetadataList {
    static let collection = MetadataCollection(
        "instance/network_interfaces",
        "network interface",
        [
            .init("TYPE", "type"), .init("ADDRESS", "primary_ipv4_address"),
            .init("FLOATING", "floating_ips", "address"), .init("SUBNET", "subnet", "name"), .init("STATUS", "status"),
        ]
    )
}

enum NetworkAttachmentList: MetadataList {
    static let collection = MetadataCollection(
        "instance/network_attachments",
        "network attachment",
        [
            .init("TYPE", "type"), .init("ADDRESS", "primary_ip", "address"), .init("SUBNET", "subnet", "name"),
            .init("INTERFACE", "virtual_network_interface", "name"), .init("STATE", "lifecycle_state"),
        ]
    )
}

enum VirtualNetworkInterfaceList: MetadataList {
    static let collection = MetadataCollection(
        "virtual_network_interfaces",
        "virtual network interface",
        [
            .init("ADDRESS", "primary_ip", "address"), .init("MAC", "mac_address"), .init("SUBNET", "subnet", "name"),
            .init("TARGET", "target", "name"), .init("STATE", "lifecycle_state"),
        ]
    )
}

enum VolumeAttachmentList: MetadataList {
    static let collection = MetadataCollection(
        "instance/volume_attachments",
        "volume attachment",
        [
            .init("TYPE", "type"), .init("VOLUME", "volume", "name"), .init("DEVICE", "device", "id"),
            .init("MBPS", "bandwidth"), .init("STATUS", "status"),
        ]
    )
}

enum ClusterNetworkAttachmentList: MetadataList {
    static let collection = MetadataCollection(
        "instance/cluster_network_attachments",
        "cluster network attachment",
        [
            .init("INTERFACE", "cluster_network_interface", "name"),
            .init("ADDRESS", "cluster_network_interface", "primary_ip", "address"),
            .init("SUBNET", "cluster_network_interface", "subnet", "name"), .init("STATE", "lifecycle_state"),
        ]
    )
}

enum SoftwareAttachmentList: MetadataList {
    static let collection = MetadataCollection(
        "instance/software_attachments",
        "software attachment",
        [
            .init("SKU", "entitlement", "licensed_software", "sku"), .init("STATE", "lifecycle_state"),
            .init("OFFERING", "offering_instance", "crn"),
        ]
    )
}
