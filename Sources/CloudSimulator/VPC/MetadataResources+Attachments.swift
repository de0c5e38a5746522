// What only some instances have attached; the built-in one has neither.
extension MetadataResources {
    var softwareAttachments: [JSONOutput] {
        let offering = "crn:v1:bluemix:public:example-offering:\(instance.region):a/\(instance.account)"
        return softwareReferences.map { reference in
            reference.adding("created_at", Self.created)
                .adding("entitlement", ["licensed_software": [["sku": "EXAMPLE-SKU"]]])
                .adding("lifecycle_reasons", [])
                .adding("lifecycle_state", "stable")
                .adding("offering_instance", ["crn": .string("\(offering):5c6d7e8f-9a0b-4c1d-8e2f-3a4b5c6d7e8f::")])
        }
    }

    var clusterNetworkAttachments: [JSONOutput] {
        clusterNetworkReferences.enumerated()
            .map { index, reference in
                reference.adding("cluster_network_interface", clusterNetworkInterface(index))
                    .adding("lifecycle_reasons", [])
                    .adding("lifecycle_state", "stable")
            }
    }

    /// As the instance shows them.
    var softwareReferences: [JSONOutput] {
        instance.softwareAttachments.map { Self.reference($0, "instance_software_attachment") }
    }

    /// As the instance shows them.
    var clusterNetworkReferences: [JSONOutput] {
        instance.clusterNetworkAttachments.map { Self.reference($0, "instance_cluster_network_attachment") }
    }

    private func clusterNetworkInterface(_ index: Int) -> JSONOutput {
        [
            "id": .string("0717-3a4b5c6d-7e8f-4a9b-8c0d-2e3f4a5b6c7d-\(index)"),
            "name": .string("cluster-if-\(index)"),
            "primary_ip": [
                "address": .string("10.1.\(index / 250).\(6 + index % 250)"),
                "id": .string("0717-4b5c6d7e-8f9a-4b0c-9d1e-3f4a5b6c7d8e-\(index)"),
                "name": .string("cluster-ip-\(index)"),
                "resource_type": "cluster_network_subnet_reserved_ip",
            ],
            "resource_type": "cluster_network_interface",
            "subnet": [
                "id": "0717-5c6d7e8f-9a0b-4c1d-8e2f-4a5b6c7d8e9f", "name": "cluster-subnet",
                "resource_type": "cluster_network_subnet",
            ],
        ]
    }

    private static func reference(_ resource: NamedResource, _ type: String) -> JSONOutput {
        ["id": .string(resource.id), "name": .string(resource.name), "resource_type": .string(type)]
    }
}
