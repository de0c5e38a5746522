internal import FoundationEssentials
internal import JOSE

// As the instance file and the control path have it.
extension SimulatedSecret {
    static let members: Set = [
        "id", "name", "type", "group", "payload", "data", "username", "password", "service_id",
    ]

    /// Reads a secret; without an ID it gets a new one if `makesID`.
    init(_ reader: ObjectReader, makesID: Bool = false) throws(DocumentError) {
        let id = try reader.text("id") ?? (makesID ? UUID().uuidString.lowercased() : nil)
        self.init(
            id: try reader.required("id", id),
            name: try reader.required("name", reader.text("name")),
            type: try reader.choice("type") ?? .arbitrary,
            group: try reader.text("group") ?? "default"
        )
        if let text = try reader.text("username") { username = text }
        if let serviceID = try reader.text("service_id") {
            guard serviceID.hasPrefix("ServiceId-") else {
                throw reader.error("service_id", "must start with 'ServiceId-'")
            }
            self.serviceID = serviceID
        }
        let own: Set =
            switch type {
            case .arbitrary: ["payload"]
            case .kv: ["data"]
            case .usernamePassword: ["username", "password"]
            case .iamCredentials: ["service_id"]
            case .serviceCredentials, .publicCertificate, .importedCertificate: []
            }
        for name in ["payload", "data", "username", "password", "service_id"]
        where reader.contains(name) && !own.contains(name) {
            throw reader.error(name, "does not go with the type \(type.rawValue)")
        }
        switch type {
        case .arbitrary: payload = try reader.text("payload").map { Redacted($0) }
        case .usernamePassword: payload = try reader.text("password").map { Redacted($0) }
        case .kv: payload = try reader.objectText("data").map { Redacted($0) }
        case .iamCredentials, .serviceCredentials, .publicCertificate, .importedCertificate: break
        }
    }
}
