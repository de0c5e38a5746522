internal import BrokerAPI
internal import FoundationEssentials
internal import Instrumentation
internal import NIOHTTP1

/// What a client gets: status, a few headers and a body, which is JSON unless ``contentType`` says otherwise.
struct Response: Sendable {
    let status: Int
    let body: [UInt8]
    var contentType = "application/json"
    /// What else is to be said in the head.
    var fields: [(name: String, value: String)] = []
    /// Seconds for `Retry-After`.
    var retryAfter: Int?
    /// Methods for `Allow`.
    var allow: String?
    /// For `X-Request-Id`; errors in IBM's shapes also have it in their bodies.
    var requestID: String?

    init(status: Int = 200, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    /// A value as JSON.
    ///
    /// Members are sorted, so that equal values have equal bytes.
    init(status: Int = 200, _ value: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .useDefaultKeys) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = keys
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            self.init(status: status, body: [UInt8](try encoder.encode(value)))
        } catch {
            self.init(.internalError, "the answer could not be encoded")
        }
    }

    /// An error of the broker's own paths.
    init(_ code: ErrorCode, _ message: String, decision: String? = nil) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let error = ErrorResponse(code, message, decision: decision)
        // Strings always encode; should that ever change, the status still tells.
        self.init(status: code.status, body: (try? encoder.encode(error)).map { [UInt8]($0) } ?? [])
    }

    /// What the request is called that is answered; a new name where there was none.
    static var currentRequestID: String {
        ServiceContext.current?.requestID?.description ?? UUID().uuidString.lowercased()
    }

    /// Head fields.
    ///
    /// Tokens must not stay in any cache on the way.
    var headers: HTTPHeaders {
        var headers = HTTPHeaders([
            ("Content-Type", contentType), ("Cache-Control", "no-store"), ("Content-Length", "\(body.count)"),
        ])
        for field in fields { headers.add(name: field.name, value: field.value) }
        if let retryAfter { headers.add(name: "Retry-After", value: "\(retryAfter)") }
        if let requestID { headers.add(name: "X-Request-Id", value: requestID) }
        if let allow { headers.add(name: "Allow", value: allow) }
        return headers
    }
}
