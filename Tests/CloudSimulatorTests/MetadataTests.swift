import CloudSimulator
import JOSE
import Testing

/// `GET /metadata/v1/…`.
@Suite struct MetadataTests {
    private static let version = "version=2025-08-26"

    @Test func theInstanceHasTheDocumentedMembers() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.metadata("instance")
            #expect(response.status == 200)
            let names: Set = [
                "availability", "availability_policy", "bandwidth", "boot_volume_attachment",
                "cluster_network_attachments", "confidential_compute_mode", "created_at", "crn", "disks",
                "enable_secure_boot", "health_reasons", "health_state", "id", "image", "lifecycle_reasons",
                "lifecycle_state", "memory", "metadata_service", "name", "network_attachments", "network_interfaces",
                "numa_count", "placement_target", "primary_network_attachment", "primary_network_interface",
                "profile", "reservation_affinity", "resource_group", "resource_type", "software_attachments",
                "startable", "status", "status_reasons", "threads_per_core", "total_network_bandwidth",
                "total_volume_bandwidth", "vcpu", "volume_attachments", "volume_bandwidth_qos_mode", "vpc", "zone",
            ]
            #expect(try response.members() == names)
            #expect(try response.string("crn") == cloud.simulator.instance.crn)
            let service = #"{"enabled":true,"protocol":"http","response_hop_limit":1}"#
            #expect(try response.json()["metadata_service"]?.text == service)
        }
    }

    @Test func initializationNamesTheDefaultProfile() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.metadata("instance/initialization")
            #expect(try response.members() == ["default_trusted_profile", "keys", "user_data"])
            let target = try #require(response.json()["default_trusted_profile"]?["target"])
            #expect(target["id"]?.string == cloud.simulator.instance.profiles.first?.id)
            #expect(target["resource_type"]?.string == "trusted_profile")
        }
    }

    @Test(arguments: [
        (
            "instance/network_interfaces", "network_interfaces",
            [
                "allow_ip_spoofing", "created_at", "floating_ips", "id", "name", "port_speed", "primary_ipv4_address",
                "resource_type", "security_groups", "status", "subnet", "type",
            ]
        ),
        (
            "instance/network_attachments", "network_attachments",
            [
                "created_at", "id", "lifecycle_state", "name", "port_speed", "primary_ip", "resource_type", "subnet",
                "type", "virtual_network_interface",
            ]
        ),
        (
            "instance/volume_attachments", "volume_attachments",
            [
                "bandwidth", "created_at", "delete_volume_on_instance_delete", "device", "id", "name", "status",
                "type", "volume",
            ]
        ),
        (
            "instance/software_attachments", "software_attachments",
            [
                "created_at", "entitlement", "id", "lifecycle_reasons", "lifecycle_state", "name", "offering_instance",
                "resource_type",
            ]
        ),
        (
            "instance/cluster_network_attachments", "cluster_network_attachments",
            [
                "cluster_network_interface", "id", "lifecycle_reasons", "lifecycle_state", "name", "resource_type",
            ]
        ),
        (
            "keys", "keys",
            [
                "created_at", "crn", "fingerprint", "id", "length", "name", "public_key", "resource_group",
                "resource_type", "type",
            ]
        ),
        (
            "placement_groups", "placement_groups",
            [
                "created_at", "crn", "id", "lifecycle_state", "name", "resource_group", "resource_type", "strategy",
            ]
        ),
        (
            "virtual_network_interfaces", "virtual_network_interfaces",
            [
                "allow_ip_spoofing", "auto_delete", "created_at", "crn", "enable_infrastructure_nat", "id", "ips",
                "lifecycle_state", "mac_address", "name", "primary_ip", "protocol_state_filtering_mode",
                "resource_group", "resource_type", "security_groups", "subnet", "target", "vpc", "zone",
            ]
        ),
    ])
    func collectionsShowTheirElementsAlsoOneByOne(path: String, name: String, members: [String]) async throws {
        var instance = SimulatedInstance()
        instance.softwareAttachments = [NamedResource(id: "0717-software", name: "licensed-os")]
        instance.clusterNetworkAttachments = [NamedResource(id: "0717-cluster", name: "cna-0")]
        try await TestCloud.run(instance: instance) { cloud in
            let list = try await cloud.metadata(path).json().members?.first { $0.name == name }?.value.array
            let element = try #require(list?.first)
            #expect(Set(try #require(element.members).map(\.name)) == Set(members))
            let id = try #require(element["id"]?.string)
            let single = try await cloud.metadata("\(path)/\(id)")
            #expect(single.text == element.text)
            let missing = try await cloud.metadata("\(path)/0717-no-such-thing")
            #expect(missing.status == 404)
            #expect(try missing.vpcError()["code"]?.string == "not_found")
        }
    }

    @Test(arguments: ["cluster_network_attachments", "software_attachments"])
    func collectionsMayBeEmpty(name: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.metadata("instance/\(name)")
            #expect(response.text == #"{"\#(name)":[]}"#)
        }
    }

    @Test(arguments: [
        ("&limit=0", "limit"), ("&limit=101", "limit"), ("&limit=x", "limit"), ("&start=nothing", "start"),
        ("&colour=red", "colour"),
    ])
    func aPageThatIsNoneIsRefused(query: String, parameter: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.metadata("placement_groups", query: query)
            #expect(response.status == 400)
            #expect(try response.vpcError()["target"]?["name"]?.string == parameter)
            #expect(try response.vpcError()["target"]?["type"]?.string == "parameter")
        }
    }

    @Test(
        arguments: [
            ("", ["g1", "g2", "g3"], 50, nil), ("&limit=100", ["g1", "g2", "g3"], 100, nil),
            ("&limit=3", ["g1", "g2", "g3"], 3, nil), ("&limit=2", ["g1", "g2"], 2, "g3"),
            ("&limit=1&start=g2", ["g2"], 1, "g3"), ("&limit=2&start=g3", ["g3"], 2, nil),
        ] as [(String, [String], Int, String?)]
    )
    func placementGroupsArePaged(query: String, ids: [String], limit: Int, next: String?) async throws {
        var instance = SimulatedInstance()
        instance.placementGroups = (1...3).map { NamedResource(id: "g\($0)", name: "group-\($0)") }
        try await TestCloud.run(instance: instance) { cloud in
            let page = try await cloud.metadata("placement_groups", query: query).json()
            #expect(page["placement_groups"]?.array?.compactMap { $0["id"]?.string } == ids)
            #expect(page["limit"]?.integer == limit)
            #expect(page["total_count"]?.integer == 3)
            // IBM's sample names the link-local address, whoever asks, and leaves /metadata out.
            let url = "http://169.254.169.254/v1/placement_groups?limit=\(limit)"
            #expect(page["first"]?["href"]?.string == url)
            #expect(page["next"]?["href"]?.string == next.map { "\(url)&start=\($0)" })
        }
    }

    @Test(arguments: [["g1", "g2"], []])
    func theInstanceIsInTheFirstPlacementGroup(ids: [String]) async throws {
        var instance = SimulatedInstance()
        instance.placementGroups = ids.map { NamedResource(id: $0, name: "name-of-\($0)") }
        try await TestCloud.run(instance: instance) { cloud in
            let document = try await cloud.metadata("instance").json()
            #expect(document["placement_target"]?["id"]?.string == ids.first)
        }
    }

    @Test func theInstanceNamesWhatIsAttached() async throws {
        var instance = SimulatedInstance()
        instance.softwareAttachments = [NamedResource(id: "s", name: "licensed-os")]
        instance.clusterNetworkAttachments = [NamedResource(id: "c", name: "cna-0")]
        instance.metadataService.responseHopLimit = 64
        try await TestCloud.run(instance: instance) { cloud in
            let document = try await cloud.metadata("instance").json()
            let software = #"[{"id":"s","name":"licensed-os","resource_type":"instance_software_attachment"}]"#
            #expect(document["software_attachments"]?.text == software)
            let cluster = #"[{"id":"c","name":"cna-0","resource_type":"instance_cluster_network_attachment"}]"#
            #expect(document["cluster_network_attachments"]?.text == cluster)
            #expect(document["metadata_service"]?["response_hop_limit"]?.integer == 64)
        }
    }

    @Test func needsAnIdentityToken() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send("GET", "/metadata/v1/instance?\(Self.version)")
            #expect(response.status == 401)
            #expect(try response.vpcError()["code"]?.string == "unauthenticated")
        }
    }

    @Test func showsTheInstanceOfTheFile() async throws {
        let document = #"""
            {"account":"0123456789abcdef0123456789abcdef","region":"eu-de","id":"02c7_x","name":"mine",
             "vpc":{"id":"r010-v","name":"net"},"addresses":{"private":"10.1.2.3"}}
            """#
        let instance = try SimulatedInstance(parsing: Array(document.utf8))
        try await TestCloud.run(instance: instance) { cloud in
            let response = try await cloud.metadata("instance")
            let crn = "crn:v1:bluemix:public:is:eu-de-1:a/0123456789abcdef0123456789abcdef::instance:02c7_x"
            #expect(try response.string("crn") == crn)
            #expect(try response.json()["vpc"]?["name"]?.string == "net")
            let interface = try #require(response.json()["primary_network_interface"])
            #expect(interface["primary_ipv4_address"]?.string == "10.1.2.3")
        }
    }
}

extension TestCloud {
    fileprivate func metadata(_ path: String, query: String = "") async throws -> RawResponse {
        let bearer = ["Authorization": "Bearer \(try await identityToken())"]
        return try await client.send("GET", "/metadata/v1/\(path)?version=2025-08-26\(query)", headers: bearer)
    }
}
