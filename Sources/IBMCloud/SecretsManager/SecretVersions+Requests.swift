package import KeyRotation

extension SecretVersions {
    package func requests(for step: IssuerStep) -> [String] {
        let base = secret.client.url.appending("/api/v2/secrets/\(PercentText.encoded(target.id))")
        let versions = "\(base)/versions"
        return switch step {
        case .list: ["GET \(versions)", "GET \(base)/locks (if there is a previous version)"]
        case .create:
            switch target.kind {
            case .arbitrary: ["POST \(versions) {\"payload\":<secret>}"]
            case .kv: ["GET \(versions)/current", "POST \(versions) {\"data\":<secret>}"]
            case .usernamePassword: ["POST \(versions) {\"password\":<secret>}"]
            case .iamCredentials: ["POST \(versions) {}"]
            }
        case .read(let id): ["GET \(versions)/\(id)"]
        case .verify:
            ["GET \(versions)/current"] + (target.kind == .iamCredentials ? [grant.request] : [])
        case .delete(let id): ["GET \(versions)/\(id)/metadata", "DELETE \(versions)/\(id)/secret_data"]
        case .activity, .disable, .enable: []
        }
    }
}
