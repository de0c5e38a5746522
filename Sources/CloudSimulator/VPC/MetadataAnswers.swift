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
        _ = try VersionRule(request.query, knowing: isPaged ? ["start", "limit"] : [])
        try identity.authenticate(request)
        let document = isPaged ? try placementGroups(request.query) : try document(path)
        return SimulatorAnswer(headers: [("X-Request-Id", UUID().uuidString.lowercased())], document)
    }

    private func document(_ path: [String]) throws(VPCError) -> JSONOutput {
        if path == ["instance"] { return resources.instanceDocument }
        if path == ["instance", "initialization"] { return resources.initialization }
        if let (name, elements) = collection(path) { return .object([(name, .array(elements))]) }
        guard let id = path.last, let (_, elements) = collection(path.dropLast()) else { throw .notFound }
        let element = elements.first { element in
            guard case .string(let text)? = element["id"] else { return false }
            return text == id
        }
        guard let element else { throw .notFound }
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
        case "instance/cluster_network_attachments", "instance/software_attachments": return (name, [])
        default: return nil
        }
    }

    private func placementGroups(_ query: [FormField]) throws(VPCError) -> JSONOutput {
        guard let limit = Int(query["limit"] ?? "50"), (1...100).contains(limit) else {
            let target = VPCError.Target(name: "limit", type: .parameter, value: query["limit"])
            throw .invalid("invalid_value", "limit must be between 1 and 100", target)
        }
        guard query["start"] == nil else {
            let target = VPCError.Target(name: "start", type: .parameter, value: query["start"])
            throw .invalid("invalid_value", "there is only one page", target)
        }
        let groups = resources.placementGroups
        // The documented sample has the link-local address here, and no /metadata.
        return [
            "first": ["href": .string("http://169.254.169.254/v1/placement_groups?limit=\(limit)")],
            "limit": .integer(limit),
            "placement_groups": .array(groups),
            "total_count": .integer(groups.count),
        ]
    }
}
