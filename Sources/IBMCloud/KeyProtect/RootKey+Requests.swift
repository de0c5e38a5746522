package import KeyRotation

extension RootKey {
    package func requests(for step: IssuerStep) -> [String] {
        let key = client.url.appending("/api/v2/keys/\(PercentText.encoded(target.id))")
        return switch step {
        case .list, .verify: ["GET \(key)/metadata"]
        case .create: ["GET \(key)/metadata", "POST \(key)/actions/rotate", "GET \(key)/metadata"]
        case .read, .activity, .disable, .enable, .delete: []
        }
    }
}
