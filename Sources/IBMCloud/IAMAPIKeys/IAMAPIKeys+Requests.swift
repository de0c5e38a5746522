package import KeyRotation

extension IAMAPIKeys {
    package func requests(for step: IssuerStep) -> [String] {
        let keys = client.url.appending("/v1/apikeys")
        return switch step {
        case .list: ["GET \(keys + query(nil))"]
        case .create(let rotation):
            [
                "POST \(keys) {\"name\":\"\(KeyName(plan, rotation))\",\"iam_id\":\"\(iamID)\","
                    + "\"store_value\":false,\"apikey\":<secret>}"
            ]
        case .read: []
        case .verify: [grant.request]
        case .activity(let id): ["GET \(keys)/\(id)?include_activity=true"]
        case .disable(let id): ["POST \(keys)/\(id)/disable"]
        case .enable(let id): ["DELETE \(keys)/\(id)/disable"]
        case .delete(let id): ["DELETE \(keys)/\(id)"]
        }
    }
}
