internal import FoundationEssentials

/// `GET /v1/apikeys` of the IAM Identity API: the API keys of the instance file, without their values.
struct APIKeyService {
    let identity: IdentityService
    let context: IAMErrorContext

    private var instance: SimulatedInstance { identity.instance }
    private static let parameters: Set = [
        "account_id", "iam_id", "include_history", "pagesize", "pagetoken", "scope", "type",
    ]

    func answer(_ request: SimulatorRequest) throws -> SimulatorAnswer {
        guard request.method == "GET" else { throw IAMIdentityError.status(405) }
        guard let caller = try identity.caller(of: request) else { throw IAMIdentityError.unauthorized }
        let query = request.query
        if let unknown = query.first(where: { !Self.parameters.contains($0.name) }) {
            throw IAMIdentityError.invalid("The simulator does not play the parameter '\(unknown.name)'.")
        }
        guard (query["account_id"] ?? instance.account) == instance.account else { throw IAMIdentityError.status(403) }
        guard let size = Int(query["pagesize"] ?? "20"), (1...100).contains(size) else {
            throw IAMIdentityError.invalid("'pagesize' must be between 1 and 100.")
        }
        let keys = try keys(query, caller)
        guard let offset = Int(query["pagetoken"] ?? "0"), (0...keys.count).contains(offset) else {
            throw IAMIdentityError.invalid("'pagetoken' must be that of a link to a page.")
        }
        let link = { (offset: Int) in
            JSONOutput.string("\(context.url)/v1/apikeys?pagesize=\(size)\(Self.rest(query))&pagetoken=\(offset)")
        }
        let trace = UUID().uuidString.lowercased().filter { $0 != "-" }
        let document = JSONOutput.object([("context", context.identityDocument(trace: trace))])
            .adding("offset", .integer(offset))
            .adding("limit", .integer(size))
            .adding("first", link(0))
            .adding("previous", offset > 0 ? link(max(0, offset - size)) : nil)
            .adding("next", keys.count - offset > size ? link(offset + size) : nil)
            .adding("apikeys", .array(keys.dropFirst(offset).prefix(size).map(document)))
        return SimulatorAnswer(document)
    }

    /// The keys of the caller, of another identity, or of the whole account.
    private func keys(_ query: [FormField], _ caller: String) throws(IAMIdentityError) -> [ServiceIDKey] {
        guard ["serviceid", "user", nil].contains(query["type"]) else {
            throw .invalid("'type' must be 'user' or 'serviceid'.")
        }
        guard query["type"] != "user" else { return [] }
        switch (query["iam_id"], query["scope"] ?? "entity") {
        case (let id?, "entity"): return instance.apiKeys.filter { $0.iamID == id }
        case (nil, "entity"): return instance.apiKeys.filter { $0.iamID == caller }
        case (nil, "account"): return instance.apiKeys
        case (.some, "account"): throw .invalid("'iam_id' goes with the scope 'entity'.")
        default: throw .invalid("'scope' must be 'entity' or 'account'.")
        }
    }

    /// What a link to another page repeats; what names something of this account needs no escape.
    private static func rest(_ query: [FormField]) -> String {
        query.filter { !["pagesize", "pagetoken"].contains($0.name) }.map { "&\($0.name)=\($0.value)" }.joined()
    }

    private func document(_ key: ServiceIDKey) -> JSONOutput {
        let id = "ApiKey-\(key.serviceID.dropFirst("ServiceId-".count))"
        return [
            "id": .string(id),
            "entity_tag": "1-9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d",
            "crn": .string("crn:v1:bluemix:public:iam-identity::a/\(instance.account)::apikey:\(id)"),
            "locked": false,
            "disabled": false,
            "created_at": "2026-09-01T10:00+0000",
            "created_by": .string(key.iamID),
            "modified_at": "2026-09-01T10:00+0000",
            "name": .string(key.name),
            "support_sessions": false,
            "action_when_leaked": "disable",
            "iam_id": .string(key.iamID),
            "account_id": .string(instance.account),
        ]
    }
}

extension ServiceIDKey {
    fileprivate var iamID: String { "iam-\(serviceID)" }
}
