internal import FoundationEssentials

/// An error in the shape of IBM's metadata service (reference: IBM API, section 2.4).
struct MetadataError: Error, Sendable, Equatable {
    let status: Int
    let code: String
    let message: String
    var target: Target?
    /// Seconds for `Retry-After`.
    var retryAfter: Int?
    /// Methods for `Allow`.
    var allow: String?

    struct Target: Sendable, Equatable, Encodable {
        let name: String
        let type: Kind
        var value: String?

        enum Kind: String, Sendable, Encodable {
            case field, parameter, header
        }
    }

    /// A 400 that is about one part of the request.
    static func invalid(_ code: String, _ message: String, _ target: Target? = nil) -> MetadataError {
        MetadataError(status: 400, code: code, message: message, target: target)
    }

    static func notFound(_ message: String) -> MetadataError {
        MetadataError(status: 404, code: "not_found", message: message)
    }

    static func unauthorized(_ message: String) -> MetadataError {
        MetadataError(status: 403, code: "unauthorized", message: message)
    }

    static func unauthenticated(_ message: String) -> MetadataError {
        MetadataError(status: 401, code: "unauthenticated", message: message)
    }

    /// What passes by itself.
    static func unavailable(_ message: String, retryAfter: Int) -> MetadataError {
        MetadataError(status: 503, code: "service_error", message: message, retryAfter: retryAfter)
    }

    static func methodNotAllowed(_ method: String) -> MetadataError {
        let message = "this path takes \(method) only"
        return MetadataError(status: 405, code: "invalid_request", message: message, allow: method)
    }

    var response: Response {
        let trace = Response.currentRequestID
        var response = Response(
            status: status,
            Body(errors: [.init(code: code, message: message, target: target)], statusCode: status, trace: trace),
            keys: .convertToSnakeCase
        )
        response.requestID = trace
        response.retryAfter = retryAfter
        response.allow = allow
        return response
    }

    private struct Body: Encodable {
        struct Entry: Encodable {
            let code: String
            let message: String
            let target: Target?
        }

        let errors: [Entry]
        let statusCode: Int
        let trace: String
    }
}
