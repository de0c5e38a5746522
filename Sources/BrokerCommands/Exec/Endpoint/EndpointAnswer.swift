internal import FoundationEssentials
internal import NIOHTTP1

/// What a private endpoint answers.
struct EndpointAnswer: Sendable {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let body: [UInt8]

    /// Fields of the daemon's answer that go on.
    private static let fields = ["Content-Type", "Retry-After", "Allow", "X-Request-Id"]

    init(_ answer: HTTPAnswer) {
        status = HTTPResponseStatus(statusCode: answer.status)
        body = answer.body
        var headers = HTTPHeaders()
        for name in Self.fields {
            for value in answer.headers[name] { headers.add(name: name, value: value) }
        }
        self.headers = Self.completed(headers, length: body.count)
    }

    init(_ refusal: EndpointRequest.Refusal) {
        switch refusal {
        case .stranger: self.init(status: .notFound, HTTPHeaders(), [])
        case .unknownPath: self.init(.notFound, "not_found", "this endpoint of iam-broker exec has no such path")
        case .method: self.init(.methodNotAllowed, "invalid_request", "this endpoint takes GET, PUT and POST only")
        case .host: self.init(.forbidden, "unauthorized", "the Host of the request is not this endpoint's")
        }
    }

    static let tooLarge = EndpointAnswer(.payloadTooLarge, "invalid_request", "the body is too large")

    static let headTooLarge = EndpointAnswer(.requestHeaderFieldsTooLarge, "invalid_request", "the head is too large")

    /// The daemon gave none.
    static func unavailable(_ reason: HTTPExchangeError) -> EndpointAnswer {
        EndpointAnswer(
            .serviceUnavailable,
            "service_error",
            "no answer from the broker: \(reason)",
            HTTPHeaders([("Retry-After", "5")])
        )
    }

    /// In the shape of IBM's metadata service, which all SDKs can read.
    private init(_ status: HTTPResponseStatus, _ code: String, _ message: String, _ headers: HTTPHeaders = [:]) {
        struct Body: Encodable {
            struct Entry: Encodable {
                let code: String
                let message: String
            }

            let errors: [Entry]
            let statusCode: Int
            let trace: String
        }
        let trace = UUID().uuidString.lowercased()
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let error = Body(errors: [.init(code: code, message: message)], statusCode: Int(status.code), trace: trace)
        // Strings always encode; should that ever change, the status still tells.
        let body = (try? encoder.encode(error)).map { [UInt8]($0) } ?? []
        var headers = headers
        headers.add(name: "Content-Type", value: "application/json")
        headers.add(name: "X-Request-Id", value: trace)
        self.init(status: status, headers, body)
    }

    private init(status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: [UInt8]) {
        (self.status, self.body) = (status, body)
        self.headers = Self.completed(headers, length: body.count)
    }

    private static func completed(_ headers: HTTPHeaders, length: Int) -> HTTPHeaders {
        var headers = headers
        headers.add(name: "Content-Length", value: "\(length)")
        headers.add(name: "Cache-Control", value: "no-store")
        return headers
    }
}
