internal import BrokerAPI

/// In whose words a listener refuses what never becomes a request to its routes.
enum ErrorShape: Sendable {
    /// As on the broker's own paths.
    case broker
    /// As IBM's metadata service, for its clients.
    case metadataService

    func response(_ code: ErrorCode, _ message: String) -> Response {
        switch self {
        case .broker: Response(code, message)
        case .metadataService: MetadataError(code, message).response
        }
    }
}

extension MetadataError {
    /// IBM knows one code for all requests that cannot be read (reference: IBM API, section 2.4).
    fileprivate init(_ code: ErrorCode, _ message: String) {
        self.init(status: code.status, code: code.status < 500 ? "invalid_request" : "service_error", message: message)
    }
}
