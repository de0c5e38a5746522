package import KeyRotation

extension SecretsManagerSink {
    package func requests(for step: SinkStep) -> [String] {
        let versions = secret.client.url.appending("/api/v2/secrets/\(PercentText.encoded(target.id))/versions")
        let content =
            switch target.form {
            case .field, .document: "payload"
            case .members, .member: "data"
            }
        let (read, make) = ("GET \(versions)/current", "POST \(versions) {\"\(content)\":<secret>}")
        return switch step {
        case .publish: [read, make, read]
        case .inspect: [read]
        case .restore: [read, "GET \(versions)/previous", make, read]
        case .forget:
            [
                "GET \(versions)/current/metadata", "GET \(versions)/previous/metadata",
                "GET \(versions)/<previous>/metadata", "DELETE \(versions)/<previous>/secret_data",
            ]
        }
    }
}
