internal import JOSE

/// The metadata service as the configuration has it.
package struct ConfiguredMetadata: Sendable {
    let source: any MetadataSource
    /// Scheme and authority.
    let url: String

    package init(source: any MetadataSource, url: String) {
        (self.source, self.url) = (source, url)
    }

    /// What the document of the instance says of the service that gave it (reference: IBM API, section 6.2).
    func finding(for answer: MetadataAnswer) -> Finding {
        guard case .document(let bytes) = answer,
            let document = try? JSONDocument(parsing: bytes, limits: JSONLimits(size: bytes.count, depth: 32)),
            let service = document.root["metadata_service"], let accessProtocol = service["protocol"]?.string,
            let hopLimit = service["response_hop_limit"]?.integer
        else {
            return Finding(.metadataService, .unknown, "on at \(url); the instance does not tell how it is set")
        }
        let settings = "on at \(url): protocol \(accessProtocol), response hop limit \(hopLimit)"
        guard url.hasPrefix("\(accessProtocol)://") else {
            let address = accessProtocol == "https" ? "https://api.metadata.cloud.ibm.com" : "http://169.254.169.254"
            return Finding(
                .metadataService,
                .fault,
                "\(settings); the configuration names the other protocol: set metadata.url to \(address)",
                repair: "sudoedit /etc/iam-broker/config.yaml && sudo systemctl restart iam-brokerd"
            )
        }
        return Finding(.metadataService, .ok, settings)
    }
}
