internal import FoundationEssentials
internal import JOSE
internal import Synchronization

/// `/v2/resource_keys` and `/v2/resource_instances/{id}/resource_keys` of the Resource Controller (reference section 9.4).
///
/// There is one resource: the Object Storage of the account.
struct ResourceKeyService {
    let simulator: CloudSimulator
    let identity: IdentityService

    private var instance: SimulatedInstance { identity.instance }
    private static let filters: Set = ["guid", "limit", "name", "resource_group_id", "resource_id", "start"]

    /// Answers a request for `/v2` and the segments `path` after it.
    func answer(_ request: SimulatorRequest, _ path: [String]) throws -> SimulatorAnswer {
        guard let caller = try identity.caller(of: request) else { throw ResourceControllerError.unauthorized }
        guard !simulator.rotationRules.forbidden.contains(.resourceController) else {
            throw ResourceControllerError.status(403)
        }
        do {
            switch (path.first, path.count) {
            case ("resource_keys", 1): return try all(request, caller)
            case ("resource_keys", 2): return try one(request, path[1], caller)
            case ("resource_instances", 3) where path[2] == "resource_keys":
                guard request.method == "GET" else { throw ResourceControllerError.status(405) }
                guard instance.isObjectStorage(path[1]) else { throw ResourceControllerError.status(404) }
                return try list(request, knowing: ["limit", "start"])
            default: throw ResourceControllerError.status(404)
            }
        } catch let error as DocumentError {
            throw ResourceControllerError.invalid("\(error)")
        } catch let refusal as APIKeyRefusal {
            throw ResourceControllerError(refusal)
        }
    }

    private func all(_ request: SimulatorRequest, _ caller: String) throws -> SimulatorAnswer {
        switch request.method {
        case "GET": return try list(request, knowing: Self.filters)
        case "POST":
            let order = try ResourceKeyOrder(request, instance)
            let isOneTime = simulator.rotationRules.hasOneTimeCredentials
            let key = try simulator.state.withLock { state in
                try order.carryOut(in: &state, isOneTime: isOneTime, createdBy: caller, now: identity.now)
            }
            simulator.note(IssuedSecret(key.apiKey.exposed))
            if let pair = key.hmacPair { simulator.note(IssuedSecret(pair.secretAccessKey.exposed)) }
            return SimulatorAnswer(status: 201, document(key, isNew: true))
        default: throw ResourceControllerError.status(405)
        }
    }

    private func one(_ request: SimulatorRequest, _ id: String, _ caller: String) throws -> SimulatorAnswer {
        let guid = instance.resourceKeyGUID(id)
        let key: SimulatedResourceKey?
        switch request.method {
        case "GET": key = simulator.state.withLock { $0.resourceKeys[guid] }
        case "PATCH":
            let reader = try ObjectReader(document: request.body, knowing: ["name"])
            let name = try reader.required("name", reader.text("name"))
            key = simulator.state.withLock { state in
                state.resourceKeys.change(guid) { key in
                    (key.name, key.updatedAt, key.updatedBy) = (name, identity.now, caller)
                }
            }
        case "DELETE":
            let removed = simulator.state.withLock { state in
                let removed = state.resourceKeys.remove(guid)
                if let pair = removed?.hmacPair { _ = state.hmacPairs.remove(pair.accessKeyID) }
                if let removed { state.apiKeys.discard(removed.apiKeyID) }
                return removed
            }
            guard removed != nil else { throw ResourceControllerError.status(404) }
            return SimulatorAnswer(emptyWithStatus: 204)
        default: throw ResourceControllerError.status(405)
        }
        guard let key else { throw ResourceControllerError.status(404) }
        return SimulatorAnswer(document(key))
    }

    private func list(_ request: SimulatorRequest, knowing names: Set<String>) throws -> SimulatorAnswer {
        let query = request.query
        if let unknown = query.first(where: { !names.contains($0.name) }) {
            throw ResourceControllerError.invalid("the simulator does not play the parameter '\(unknown.name)'")
        }
        guard let limit = Int(query["limit"] ?? "100"), (1...100).contains(limit) else {
            throw ResourceControllerError.invalid("'limit' must be between 1 and 100")
        }
        let keys = simulator.state.withLock { $0.resourceKeys.all }
            .filter { key in
                (query["guid"] ?? key.guid) == key.guid && (query["name"] ?? key.name) == key.name
                    && (query["resource_group_id"] ?? instance.resourceGroup.id) == instance.resourceGroup.id
                    && (query["resource_id"] ?? Self.resourceID) == Self.resourceID
            }
        let start = query["start"].map { start in keys.firstIndex { $0.guid == start } } ?? 0
        guard let start else { throw ResourceControllerError.invalid("'start' must be that of a link to a page") }
        let next = keys.dropFirst(start + limit).first
        let rest = query.filter { $0.name != "start" && $0.name != "limit" }
            .map { "&\($0.name)=\(URIText.encode($0.value.utf8, escapesSlash: true))" }.joined()
        let page = keys[start...].prefix(limit)
        return SimulatorAnswer([
            "rows_count": .integer(page.count),
            "next_url": next.map { .string("\(request.rawPath)?start=\($0.guid)&limit=\(limit)\(rest)") } ?? .null,
            "resources": .array(page.map { document($0) }),
        ])
    }

    /// What IBM's catalog calls Object Storage.
    private static let resourceID = "dff97f5c-bc5e-4455-b470-411c3edbe49c"

    private func document(_ key: SimulatedResourceKey, isNew: Bool = false) -> JSONOutput {
        let crn = JSONOutput.string(instance.resourceKeyCRN(key.guid))
        return [
            "id": crn,
            "guid": .string(key.guid),
            "url": .string("/v2/resource_keys/\(key.guid)"),
            "created_at": .string(CivilTime(key.createdAt).rfc3339WithMilliseconds),
            "updated_at": .string(CivilTime(key.updatedAt).rfc3339WithMilliseconds),
            "deleted_at": .null,
            "created_by": .string(key.createdBy),
            "updated_by": .string(key.updatedBy),
            "deleted_by": "",
            "source_crn": .string(instance.objectStorageCRN),
            "name": .string(key.name),
            "crn": crn,
            "state": "active",
            "account_id": .string(instance.account),
            "resource_group_id": .string(instance.resourceGroup.id),
            "resource_id": .string(Self.resourceID),
            "onetime_credentials": .bool(key.isOneTime),
            "credentials": key.isOneTime && !isNew ? ["REDACTED": "REDACTED_EXPLICIT"] : credentials(key),
            "iam_compatible": true,
            "migrated": false,
            "resource_instance_url": .string("/v2/resource_instances/\(instance.objectStorageInstance)"),
            "resource_alias_url": .null,
        ]
    }

    private func credentials(_ key: SimulatedResourceKey) -> JSONOutput {
        let service = "crn:v1:bluemix:public:iam-identity::a/\(instance.account)::serviceid:\(key.serviceID)"
        let pair = key.hmacPair.map { pair -> JSONOutput in
            [
                "access_key_id": .string(pair.accessKeyID),
                "secret_access_key": .string(pair.secretAccessKey.exposed),
            ]
        }
        return JSONOutput.object([("apikey", .string(key.apiKey.exposed))])
            .adding("cos_hmac_keys", pair)
            .adding("endpoints", "https://control.cloud-object-storage.cloud.ibm.com/v2/endpoints")
            .adding("iam_apikey_description", .string(instance.apiKeyDescription(key.guid)))
            .adding("iam_apikey_name", .string(key.name))
            .adding("iam_role_crn", .string(key.roleCRN))
            .adding("iam_serviceid_crn", .string(service))
            .adding("resource_instance_id", .string(instance.objectStorageCRN))
    }
}
