package import KeyRotation

extension ResourceKeys {
    package func requests(for step: IssuerStep) -> [String] {
        let keys = client.url.appending("/v2/resource_keys")
        return switch step {
        case .list:
            [
                "GET "
                    + client.url.appending(
                        "/v2/resource_instances/\(PercentText.encoded(target.source))/resource_keys"
                    )
            ]
        case .create:
            [
                "POST \(keys) {\"source\":\"\(target.source)\",\"role\":\"\(target.role)\",\"parameters\":{\"HMAC\":true}}"
            ]
        case .read(let id): ["GET \(keys)/\(PercentText.encoded(id.rawValue))"]
        case .verify: ["GET \(target.endpoint)/\(target.bucket)?list-type=2&max-keys=1, signed with the new pair"]
        case .delete(let id): ["DELETE \(keys)/\(PercentText.encoded(id.rawValue))"]
        case .activity, .disable, .enable: []
        }
    }
}
