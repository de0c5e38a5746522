internal import FoundationEssentials

// `GET /v1/apikeys`.
extension APIKeyService {
    private static let parameters: Set = [
        "account_id", "iam_id", "include_history", "pagesize", "pagetoken", "scope", "type",
    ]

    func list(_ query: [FormField], _ caller: String) throws(IAMIdentityError) -> SimulatorAnswer {
        if let unknown = query.first(where: { !Self.parameters.contains($0.name) }) {
            throw .invalid("The simulator does not play the parameter '\(unknown.name)'.")
        }
        guard (query["account_id"] ?? instance.account) == instance.account else { throw .status(403) }
        guard let size = Int(query["pagesize"] ?? "20"), (1...100).contains(size) else {
            throw .invalid("'pagesize' must be between 1 and 100.")
        }
        let keys = try keys(query, caller)
        guard let offset = Int(query["pagetoken"] ?? "0"), (0...keys.count).contains(offset) else {
            throw .invalid("'pagetoken' must be that of a link to a page.")
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
    private func keys(_ query: [FormField], _ caller: String) throws(IAMIdentityError) -> [SimulatedAPIKey] {
        guard ["serviceid", "user", nil].contains(query["type"]) else {
            throw .invalid("'type' must be 'user' or 'serviceid'.")
        }
        guard query["type"] != "user" else { return [] }
        switch (query["iam_id"], query["scope"] ?? "entity") {
        case (let id?, "entity"): return readableKeys.filter { $0.iamID == id }
        case (nil, "entity"): return readableKeys.filter { $0.iamID == caller }
        case (nil, "account"): return readableKeys
        case (.some, "account"): throw .invalid("'iam_id' goes with the scope 'entity'.")
        default: throw .invalid("'scope' must be 'entity' or 'account'.")
        }
    }

    /// What a link to another page repeats; what names something of this account needs no escape.
    private static func rest(_ query: [FormField]) -> String {
        query.filter { !["pagesize", "pagetoken"].contains($0.name) }.map { "&\($0.name)=\($0.value)" }.joined()
    }
}
