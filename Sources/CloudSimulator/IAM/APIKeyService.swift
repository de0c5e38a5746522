internal import FoundationEssentials
internal import JOSE
internal import Synchronization

/// `/v1/apikeys` of the IAM Identity API (reference section 9.1): the API keys of service IDs.
struct APIKeyService {
    let simulator: CloudSimulator
    let identity: IdentityService
    let context: IAMErrorContext

    var instance: SimulatedInstance { identity.instance }
    private static let views: Set = ["include_activity", "include_history"]

    /// Answers a request for `/v1/apikeys` and the segments `path` after it.
    func answer(_ request: SimulatorRequest, _ path: [String]) throws -> SimulatorAnswer {
        guard let caller = try identity.caller(of: request) else { throw IAMIdentityError.unauthorized }
        guard !simulator.rotationRules.forbidden.contains(.iamIdentity) else { throw IAMIdentityError.status(403) }
        do {
            return try answer(request, path, caller)
        } catch let error as DocumentError {
            throw IAMIdentityError.invalid("\(error)")
        } catch let refusal as APIKeyRefusal {
            throw IAMIdentityError(refusal)
        }
    }

    /// The name of a call in the `context` of its answer; those but the first three are made up.
    static func operation(_ request: SimulatorRequest, _ path: [String]) -> String {
        switch (request.method, path.count) {
        case ("GET", 0): "LIST_API_KEYS"
        case ("POST", 0): "CREATE_API_KEY"
        case ("GET", _): "READ_API_KEY"
        case ("PUT", _): "UPDATE_API_KEY"
        case ("DELETE", 1): "DELETE_API_KEY"
        case (let method, _): "\(method == "DELETE" ? "UN" : "")\((path.last ?? "").uppercased())_API_KEY"
        }
    }

    private func answer(_ request: SimulatorRequest, _ path: [String], _ caller: String) throws -> SimulatorAnswer {
        switch (request.method, path.count, path.last) {
        case ("GET", 0, _): return try list(request.query, caller)
        case ("POST", 0, _): return try create(request, caller)
        case ("GET", 1, "details"): return try details(request)
        case ("GET", 1, let id?): return try read(request, id)
        case ("PUT", 1, let id?): return try update(request, id)
        case ("DELETE", 1, let id?):
            try simulator.state.withLock { try $0.apiKeys.remove(id, at: identity.now) }
            return SimulatorAnswer(emptyWithStatus: 204)
        case ("POST", 2, "lock"), ("DELETE", 2, "lock"):
            return try set(path[0], evenIfLocked: true) { $0.isLocked = request.method == "POST" }
        case ("POST", 2, "disable"), ("DELETE", 2, "disable"):
            return try set(path[0], evenIfLocked: false) { $0.isDisabled = request.method == "POST" }
        case (_, 2, _) where !["lock", "disable"].contains(path[1]), (_, 3..., _): throw IAMIdentityError.status(404)
        default: throw IAMIdentityError.status(405)
        }
    }

    private func create(_ request: SimulatorRequest, _ caller: String) throws -> SimulatorAnswer {
        let now = identity.now
        let key = try APIKeyCreation(request, account: instance.account, createdBy: caller, now: now).key
        try simulator.state.withLock { try $0.apiKeys.add(key, quota: $0.rules.apiKeyQuota, at: now) }
        simulator.note(IssuedSecret(key.value.exposed))
        let document = document(key).adding("apikey", .string(key.value.exposed))
        return SimulatorAnswer(status: 201, headers: [("ETag", key.entityTag)], inContext(document))
    }

    private func details(_ request: SimulatorRequest) throws -> SimulatorAnswer {
        guard let value = request.headers["iam-apikey"] else {
            throw IAMIdentityError.invalid("The header 'IAM-ApiKey' is missing.")
        }
        return try show(request) { $0.value.exposed == value }
    }

    private func read(_ request: SimulatorRequest, _ id: String) throws -> SimulatorAnswer {
        try show(request) { $0.id == id }
    }

    private func show(
        _ request: SimulatorRequest,
        _ isMeant: (SimulatedAPIKey) -> Bool
    ) throws(IAMIdentityError) -> SimulatorAnswer {
        if let unknown = request.query.first(where: { !Self.views.contains($0.name) }) {
            throw .invalid("The simulator does not play the parameter '\(unknown.name)'.")
        }
        guard let key = readableKeys.first(where: isMeant) else { throw IAMIdentityError(.notFound) }
        let value = key.isStored ? key.value.exposed : ""
        let activity = request.query["include_activity"] == "true" ? Self.activity(of: key) : nil
        let document = document(key).adding("apikey", .string(value)).adding("activity", activity)
        return SimulatorAnswer(headers: [("ETag", key.entityTag)], inContext(document))
    }

    private func update(_ request: SimulatorRequest, _ id: String) throws -> SimulatorAnswer {
        guard let tag = request.headers["if-match"]?.filter({ $0 != "\"" }) else {
            throw IAMIdentityError.invalid("The header 'If-Match' is missing.")
        }
        let update = try APIKeyUpdate(request)
        let key = try simulator.state.withLock { state in
            if let key = state.apiKeys[id], tag != "*", key.entityTag != tag { throw IAMIdentityError.changedMeanwhile }
            return try state.apiKeys.change(id, at: identity.now) { update.apply(to: &$0) }
        }
        return SimulatorAnswer(headers: [("ETag", key.entityTag)], inContext(document(key)))
    }

    private func set(
        _ id: String,
        evenIfLocked: Bool,
        _ change: (inout SimulatedAPIKey) -> Void
    ) throws -> SimulatorAnswer {
        _ = try simulator.state.withLock { state in
            try state.apiKeys.change(id, at: identity.now, evenIfLocked: evenIfLocked, change)
        }
        return SimulatorAnswer(emptyWithStatus: 204)
    }

    private static func activity(of key: SimulatedAPIKey) -> JSONOutput {
        JSONOutput.object([])
            .adding("last_authn", key.lastUsed.map { .string(CivilTime($0).iamIdentity) })
            .adding("authn_count", .integer(key.useCount))
    }

    /// The keys that readers see by now.
    var readableKeys: [SimulatedAPIKey] {
        simulator.state.withLock { $0.apiKeys.readable(at: identity.now, after: $0.propagation.apiKeyReading) }
    }

    private func inContext(_ document: JSONOutput) -> JSONOutput {
        guard case .object(let members) = document else { return document }
        let trace = UUID().uuidString.lowercased().filter { $0 != "-" }
        return .object([("context", context.identityDocument(trace: trace))] + members)
    }

    /// A key without its value.
    func document(_ key: SimulatedAPIKey) -> JSONOutput {
        let document: JSONOutput = [
            "id": .string(key.id),
            "entity_tag": .string(key.entityTag),
            "crn": .string("crn:v1:bluemix:public:iam-identity::a/\(instance.account)::apikey:\(key.id)"),
            "locked": .bool(key.isLocked),
            "disabled": .bool(key.isDisabled),
            "created_at": .string(CivilTime(key.createdAt).iamIdentity),
            "created_by": .string(key.createdBy),
            "modified_at": .string(CivilTime(key.modifiedAt).iamIdentity),
            "name": .string(key.name),
            "support_sessions": false,
            "action_when_leaked": .string(key.actionWhenLeaked.rawValue),
        ]
        return document.adding("description", key.description.map(JSONOutput.string))
            .adding("iam_id", .string(key.iamID))
            .adding("account_id", .string(instance.account))
            .adding("expires_at", key.expiresAt.map { .string(CivilTime($0).iamIdentity) })
    }
}
