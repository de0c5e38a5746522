internal import FoundationEssentials

/// The VPC Metadata API: what the instance may read about itself.
struct MetadataAnswers {
    let identity: IdentityService
    private var resources: MetadataResources { MetadataResources(instance: identity.instance) }

    init(_ identity: IdentityService) {
        self.identity = identity
    }

    /// `GET /metadata/v1/…`, with `path` the segments that follow.
    func answer(_ request: SimulatorRequest, _ path: [String]) throws -> SimulatorAnswer {
        guard request.method == "GET" else { throw VPCError.notFound }
        let isPaged = path == ["placement_groups"]
        _ = try VersionRule(request.query, knowing: isPaged ? Page.parameters : [])
        try identity.authenticate(request)
        let document = isPaged ? try placementGroups(request.query) : try document(path)
        return SimulatorAnswer(headers: [("X-Request-Id", UUID().uuidString.lowercased())], document)
    }

    private func document(_ path: [String]) throws(VPCError) -> JSONOutput {
        if path == ["instance"] { return resources.instanceDocument }
        if path == ["instance", "initialization"] { return resources.initialization }
        if let (name, elements) = collection(path) { return .object([(name, .array(elements))]) }
        guard let id = path.last, let (_, elements) = collection(path.dropLast()) else { throw .notFound }
        guard let element = elements.first(where: { $0.id == id }) else { throw .notFound }
        return element
    }

    private func collection(_ path: some BidirectionalCollection<String>) -> (name: String, elements: [JSONOutput])? {
        guard let name = path.last else { return nil }
        switch path.joined(separator: "/") {
        case "keys": return (name, resources.keys)
        case "placement_groups": return (name, resources.placementGroups)
        case "virtual_network_interfaces": return (name, resources.virtualNetworkInterfaces)
        case "instance/network_interfaces": return (name, resources.networkInterfaces)
        case "instance/network_attachments": return (name, resources.networkAttachments)
        case "instance/volume_attachments": return (name, resources.volumeAttachments)
        case "instance/cluster_network_attachments": return (name, resources.clusterNetworkAttachments)
        case "instance/software_attachments": return (name, resources.softwareAttachments)
        default: return nil
        }
    }

    private func placementGroups(_ query: [FormField]) throws(VPCError) -> JSONOutput {
        // The documented sample has the link-local address here, and no /metadata.
        let url = "http://169.254.169.254/v1/placement_groups"
        return try Page(query, of: resources.placementGroups, at: url).document("placement_groups")
    }
}
