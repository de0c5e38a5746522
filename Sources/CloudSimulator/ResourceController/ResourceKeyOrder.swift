internal import FoundationEssentials
internal import JOSE

/// The body of `POST /v2/resource_keys`, checked.
struct ResourceKeyOrder {
    private let instance: SimulatedInstance
    private let name: String
    private let roleCRN: String
    private let hasHMACPair: Bool
    /// The service ID that gets the API key; `nil` for a new one.
    private let serviceID: String?

    private static let roles: Set = ["Manager", "Reader", "Writer"]

    init(_ request: SimulatorRequest, _ instance: SimulatedInstance) throws {
        let reader = try ObjectReader(document: request.body, knowing: ["name", "parameters", "role", "source"])
        self.instance = instance
        name = try reader.required("name", reader.text("name"))
        guard instance.isObjectStorage(try reader.required("source", reader.text("source"))) else {
            throw ResourceControllerError.status(404)
        }
        let role = try reader.text("role") ?? "Writer"
        guard Self.roles.contains(role) || role.hasPrefix("crn:") else {
            throw reader.error("role", "must be Reader, Writer, Manager or a CRN")
        }
        roleCRN = role.hasPrefix("crn:") ? role : "crn:v1:bluemix:public:iam::::serviceRole:\(role)"
        let parameters = try reader.object("parameters", knowing: ["HMAC", "serviceid_crn"])
        hasHMACPair = try parameters?.bool("HMAC") ?? false
        serviceID = try parameters?.text("serviceid_crn")
            .map { crn throws(DocumentError) in
                let prefix = "crn:v1:bluemix:public:iam-identity::a/\(instance.account)::serviceid:"
                guard crn.hasPrefix("\(prefix)ServiceId-") else {
                    throw DocumentError(member: "parameters.serviceid_crn", problem: "must be \(prefix)ServiceId-…")
                }
                return String(crn.dropFirst(prefix.count))
            }
    }

    /// Makes the key, its API key and its HMAC pair: all of them, or none.
    func carryOut(
        in state: inout CloudSimulator.State,
        isOneTime: Bool,
        createdBy caller: String,
        now: Date
    ) throws -> SimulatedResourceKey {
        let guid = UUID().uuidString.lowercased()
        let pair = hasHMACPair ? HMACPair(generatingNamed: name, at: now) : nil
        let hasRoom = pair == nil || state.hmacPairs.all.count < HMACPairs.maximumCount
        guard !state.resourceKeys.isFull, hasRoom else { throw ResourceControllerError.full }
        var apiKey = SimulatedAPIKey(
            name: name,
            serviceID: serviceID ?? "ServiceId-\(UUID().uuidString.lowercased())",
            createdBy: caller,
            now: now
        )
        apiKey.description = instance.apiKeyDescription(guid)
        try state.apiKeys.add(apiKey, quota: state.rules.apiKeyQuota, at: now)
        if let pair { _ = state.hmacPairs.add(pair) }
        let key = SimulatedResourceKey(
            guid: guid,
            name: name,
            roleCRN: roleCRN,
            apiKey: apiKey,
            hmacPair: pair,
            isOneTime: isOneTime
        )
        state.resourceKeys.add(key)
        return key
    }
}
