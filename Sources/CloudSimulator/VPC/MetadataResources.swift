/// What the Metadata API shows of the instance besides the instance itself.
///
/// Identifiers that an instance file does not set are those of one made-up machine.
struct MetadataResources {
    let instance: SimulatedInstance

    static let created = JSONOutput.string("2026-08-30T08:00:00.000Z")
    private static let fingerprint = JSONOutput.string("SHA256:4mQ0yHkXlS7r8bq1g6m0d0y1kN2y4S0Zt5r1o9c3ABc")

    var keys: [JSONOutput] {
        let key = regional("key", "r006-3b2a1f0e-9d8c-4b7a-8f5e-4d3c2b1a0f9e", "ops-key")
        return [
            key.adding("created_at", "2026-01-05T12:00:00.000Z")
                .adding("fingerprint", Self.fingerprint)
                .adding("length", 4_096)
                .adding("public_key", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAACAQDexample")
                .adding("resource_group", resourceGroup)
                .adding("resource_type", "key")
                .adding("type", "rsa")
        ]
    }

    var initialization: JSONOutput {
        let key = regional("key", "r006-3b2a1f0e-9d8c-4b7a-8f5e-4d3c2b1a0f9e", "ops-key")
            .adding("fingerprint", Self.fingerprint)
            .adding("resource_type", "key")
        return JSONOutput.object([])
            .adding("default_trusted_profile", defaultProfile)
            .adding("keys", [key])
            .adding("user_data", .string(instance.userData))
    }

    var networkInterfaces: [JSONOutput] {
        let group = regional("security-group", "r006-5e6f7a8b-9c0d-4e1f-8a2b-4c5d6e7f8a9b", "broker-sg")
        let floating = instance.floatingAddresses.map { JSONOutput.object([("address", .string($0))]) }
        return [
            networkInterface.adding("allow_ip_spoofing", false)
                .adding("created_at", Self.created)
                .adding("floating_ips", .array(floating))
                .adding("port_speed", 1_000)
                .adding("security_groups", [group])
                .adding("status", "available")
                .adding("type", "primary")
        ]
    }

    var networkAttachments: [JSONOutput] {
        [
            networkAttachment.adding("created_at", Self.created)
                .adding("lifecycle_state", "stable")
                .adding("port_speed", 1_000)
                .adding("type", "primary")
        ]
    }

    var virtualNetworkInterfaces: [JSONOutput] {
        let group = regional("security-group", "r006-5e6f7a8b-9c0d-4e1f-8a2b-4c5d6e7f8a9b", "broker-sg")
        let target: JSONOutput = [
            "id": "0717-2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e", "name": "eth0",
            "resource_type": "instance_network_attachment",
        ]
        return [
            virtualNetworkInterface.adding("allow_ip_spoofing", false)
                .adding("auto_delete", true)
                .adding("created_at", Self.created)
                .adding("enable_infrastructure_nat", true)
                .adding("ips", [primaryIP])
                .adding("lifecycle_state", "stable")
                .adding("mac_address", "02:00:0a:f0:00:06")
                .adding("primary_ip", primaryIP)
                .adding("protocol_state_filtering_mode", "auto")
                .adding("resource_group", resourceGroup)
                .adding("security_groups", [group])
                .adding("subnet", subnet)
                .adding("target", target)
                .adding("vpc", vpc)
                .adding("zone", ["name": .string(instance.zone)])
        ]
    }

    var volumeAttachments: [JSONOutput] {
        zip(volumes, ["boot", "data"])
            .map { volume, type in
                volume.adding("bandwidth", 500)
                    .adding("created_at", Self.created)
                    .adding("delete_volume_on_instance_delete", .bool(type == "boot"))
                    .adding("device", ["id": .string("0717-6f7a8b9c-0d1e-4f2a-9b3c-5d6e7f8a9b0c-\(type)")])
                    .adding("status", "attached")
                    .adding("type", .string(type))
            }
    }

    var placementGroups: [JSONOutput] {
        instance.placementGroups.map { group in
            placementGroup(group).adding("created_at", "2026-01-05T12:00:00Z")
                .adding("lifecycle_state", "stable")
                .adding("resource_group", resourceGroup)
                .adding("strategy", "host_spread")
        }
    }

    // Parts that several resources show.

    var volumes: [JSONOutput] {
        [
            ("0717-6f7a8b9c-0d1e-4f2a-9b3c-5d6e7f8a9b0c", "boot", "r006-7a8b9c0d-1e2f-4a3b-8c4d-6e7f8a9b0c1d"),
            ("0717-8b9c0d1e-2f3a-4b4c-9d5e-7f8a9b0c1d2e", "data", "r006-9c0d1e2f-3a4b-4c5d-8e6f-8a9b0c1d2e3f"),
        ]
        .map { id, name, volumeID in
            let volume = zonal("volume", volumeID, "broker-\(name)")
            return ["id": .string(id), "name": .string(name), "volume": volume.adding("resource_type", "volume")]
        }
    }

    var networkInterface: JSONOutput {
        [
            "id": "0717-1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d", "name": "eth0",
            "primary_ipv4_address": .string(instance.privateAddress), "resource_type": "network_interface",
            "subnet": subnet,
        ]
    }

    var networkAttachment: JSONOutput {
        [
            "id": "0717-2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e", "name": "eth0", "primary_ip": primaryIP,
            "resource_type": "instance_network_attachment", "subnet": subnet,
            "virtual_network_interface": virtualNetworkInterface,
        ]
    }

    func placementGroup(_ group: NamedResource) -> JSONOutput {
        regional("placement-group", group.id, group.name).adding("resource_type", "placement_group")
    }

    var resourceGroup: JSONOutput {
        ["id": .string(instance.resourceGroup.id), "name": .string(instance.resourceGroup.name)]
    }

    var vpc: JSONOutput { regional("vpc", instance.vpc.id, instance.vpc.name).adding("resource_type", "vpc") }

    var image: JSONOutput {
        regional("image", "r006-0d1e2f3a-4b5c-4d6e-9f7a-9b0c1d2e3f4a", "ibm-ubuntu-24-04-6-minimal-amd64-3")
            .adding("resource_type", "image")
    }

    private var subnet: JSONOutput {
        zonal("subnet", instance.subnet.id, instance.subnet.name).adding("resource_type", "subnet")
    }

    private var virtualNetworkInterface: JSONOutput {
        zonal("virtual-network-interface", "0717-3c4d5e6f-7a8b-4c9d-8e0f-2a3b4c5d6e7f", "broker-vni")
            .adding("resource_type", "virtual_network_interface")
    }

    private var primaryIP: JSONOutput {
        [
            "address": .string(instance.privateAddress), "id": "0717-4d5e6f7a-8b9c-4d0e-9f1a-3b4c5d6e7f8a",
            "name": "broker-ip", "resource_type": "subnet_reserved_ip",
        ]
    }

    private var defaultProfile: JSONOutput? {
        guard let profile = instance.profiles.first(where: { $0.name == instance.defaultProfile }) else { return nil }
        let target: JSONOutput = [
            "crn": .string(profile.crn(in: instance.account)), "id": .string(profile.id),
            "resource_type": "trusted_profile",
        ]
        return ["auto_link": true, "target": target]
    }

    private func regional(_ type: String, _ id: String, _ name: String) -> JSONOutput {
        ["crn": .string(instance.regionalCRN(type, id)), "id": .string(id), "name": .string(name)]
    }

    private func zonal(_ type: String, _ id: String, _ name: String) -> JSONOutput {
        ["crn": .string(instance.resourceCRN(type, id)), "id": .string(id), "name": .string(name)]
    }
}
