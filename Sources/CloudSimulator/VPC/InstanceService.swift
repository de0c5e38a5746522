internal import FoundationEssentials

/// The instances of the VPC API: the simulated one, and its metadata service as it is to be.
struct InstanceService {
    let identity: IdentityService
    /// Changes the metadata service, and gives the instance as it then is.
    let change: (MetadataServicePatch) -> SimulatedInstance

    /// Filters of the list that the simulator plays, each with what it must be equal to.
    private var filters: [(name: String, value: String)] {
        let instance = identity.instance
        return [
            ("name", instance.name), ("resource_group.id", instance.resourceGroup.id), ("vpc.id", instance.vpc.id),
            ("vpc.name", instance.vpc.name), ("vpc.crn", instance.regionalCRN("vpc", instance.vpc.id)),
        ]
    }

    private var url: String { "https://\(identity.instance.region).iaas.cloud.ibm.com/v1/instances" }

    /// Answers `/v1/instances`, or `/v1/instances/{id}` with `id`.
    func answer(_ request: SimulatorRequest, id: String?) throws -> SimulatorAnswer {
        do {
            guard try identity.caller(of: request) != nil else { throw VPCError.notAuthorized }
            let document = try document(request, id: id)
            return SimulatorAnswer(headers: [("X-Request-Id", UUID().uuidString.lowercased())], document)
        } catch var error as VPCError {
            // The bodies of this API have been seen without it.
            error.statesStatus = false
            throw error
        }
    }

    private func document(_ request: SimulatorRequest, id: String?) throws(VPCError) -> JSONOutput {
        let names = id == nil ? Page.parameters.union(filters.map(\.name)) : []
        _ = try VersionRule(request.query, knowing: names, from: "2019-01-01")
        guard request.query["generation"] == "2" else {
            let target = VPCError.Target(name: "generation", type: .parameter, value: request.query["generation"])
            throw .invalid("invalid_value", "the generation query parameter must be 2", target)
        }
        switch (request.method, id) {
        case ("GET", nil): return try list(request.query)
        case ("GET", identity.instance.id): return document(of: identity.instance)
        case ("PATCH", identity.instance.id): return document(of: change(try MetadataServicePatch(request)))
        case ("GET", _), ("PATCH", .some):
            throw VPCError(status: 404, code: "not_found", message: "there is no instance with this ID")
        default: throw VPCError(status: 405, code: "method_not_allowed", message: "the simulator does not play this")
        }
    }

    private func list(_ query: [FormField]) throws(VPCError) -> JSONOutput {
        let isMeant = filters.allSatisfy { name, value in (query[name] ?? value) == value }
        return try Page(query, of: isMeant ? [document(of: identity.instance)] : [], at: url).document("instances")
    }

    private func document(of instance: SimulatedInstance) -> JSONOutput {
        MetadataResources(instance: instance).instanceDocument.adding("href", .string("\(url)/\(instance.id)"))
    }
}

extension VPCError {
    /// As the VPC API refuses a token.
    fileprivate static let notAuthorized = VPCError(
        status: 401,
        code: "not_authorized",
        message: "the request is not authorized"
    )
}
