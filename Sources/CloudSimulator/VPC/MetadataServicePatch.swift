internal import JOSE

/// The body of `PATCH /v1/instances/{id}`, a JSON merge patch (RFC 7396): what of the metadata service changes.
struct MetadataServicePatch {
    private var isEnabled: Bool?
    private var accessProtocol: MetadataService.AccessProtocol?
    private var responseHopLimit: Int?

    init(_ request: SimulatorRequest) throws(VPCError) {
        let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
        guard ["application/merge-patch+json", "application/json"].contains(type) else {
            let target = VPCError.Target(name: "Content-Type", type: .header, value: type)
            let message = "the body must be a JSON merge patch"
            throw VPCError(status: 415, code: "invalid_content_type", message: message, target: target)
        }
        guard let members = try VPCRequestBody(request).members else {
            throw .invalid("invalid_request", "the body is missing")
        }
        for (name, value) in members {
            guard name == "metadata_service" else { throw VPCRequestBody.unknown(name) }
            guard let service = value.members else {
                throw VPCRequestBody.invalid(name, "metadata_service must be an object", value)
            }
            for (name, value) in service { try read(name, value) }
        }
    }

    private mutating func read(_ name: String, _ value: JSONValue) throws(VPCError) {
        let path = "metadata_service.\(name)"
        switch name {
        case "enabled":
            guard let flag = value.bool else { throw VPCRequestBody.invalid(path, "it must be true or false", value) }
            isEnabled = flag
        case "protocol":
            guard let choice = value.string.flatMap(MetadataService.AccessProtocol.init) else {
                throw VPCRequestBody.invalid(path, "it must be http or https", value)
            }
            accessProtocol = choice
        case "response_hop_limit":
            guard let limit = value.integer, MetadataService.hopLimits.contains(limit) else {
                throw VPCRequestBody.invalid(path, "it must be between 1 and 64", value)
            }
            responseHopLimit = limit
        default: throw VPCRequestBody.unknown(path)
        }
    }

    /// Changes what the patch names of `service`, and leaves the rest.
    func apply(to service: inout MetadataService) {
        service.isEnabled = isEnabled ?? service.isEnabled
        service.accessProtocol = accessProtocol ?? service.accessProtocol
        service.responseHopLimit = responseHopLimit ?? service.responseHopLimit
    }
}
