extension MetadataResources {
    /// `GET /metadata/v1/instance`.
    var instanceDocument: JSONOutput {
        let documents = [identityMembers, stateMembers, machineMembers, placementMembers, attachmentMembers]
        var members: [(name: String, value: JSONOutput)] = []
        for case .object(let part) in documents { members += part }
        return .object(members.sorted { $0.name < $1.name })
    }

    private var identityMembers: JSONOutput {
        [
            "id": .string(instance.id),
            "crn": .string(instance.crn),
            "name": .string(instance.name),
            "created_at": "2026-08-30T08:00:00.000Z",
            "resource_type": "instance",
        ]
    }

    private var stateMembers: JSONOutput {
        [
            "status": "running",
            "status_reasons": [],
            "lifecycle_state": "stable",
            "lifecycle_reasons": [],
            "health_state": "ok",
            "health_reasons": [],
            "startable": true,
        ]
    }

    private var machineMembers: JSONOutput {
        [
            "profile": ["name": .string(instance.computeProfile)],
            "vcpu": ["architecture": "amd64", "count": 2, "manufacturer": ""],
            "memory": 8,
            "bandwidth": 4_000,
            "total_network_bandwidth": 3_000,
            "total_volume_bandwidth": 1_000,
            "volume_bandwidth_qos_mode": "pooled",
            "numa_count": 1,
            "threads_per_core": 2,
            "confidential_compute_mode": "disabled",
            "enable_secure_boot": false,
            "image": image,
        ]
    }

    private var placementMembers: JSONOutput {
        let service = instance.metadataService
        let metadata: JSONOutput = [
            "enabled": .bool(service.isEnabled), "protocol": .string(service.accessProtocol.rawValue),
            "response_hop_limit": .integer(service.responseHopLimit),
        ]
        let document: JSONOutput = [
            "availability": ["class": "standard"],
            "availability_policy": ["host_failure": "restart", "preemption": "stop"],
            "metadata_service": metadata,
            "reservation_affinity": ["policy": "automatic", "pool": []],
            "resource_group": resourceGroup,
            "vpc": vpc,
            "zone": ["name": .string(instance.zone)],
        ]
        return document.adding("placement_target", instance.placementGroups.first.map(placementGroup))
    }

    private var attachmentMembers: JSONOutput {
        let document: JSONOutput = [
            "cluster_network_attachments": .array(clusterNetworkReferences),
            "disks": [],
            "network_attachments": [networkAttachment],
            "network_interfaces": [networkInterface],
            "primary_network_attachment": networkAttachment,
            "primary_network_interface": networkInterface,
            "software_attachments": .array(softwareReferences),
            "volume_attachments": .array(volumes),
        ]
        return document.adding("boot_volume_attachment", volumes.first)
    }
}
