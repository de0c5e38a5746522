/// The body of every error on the broker's own paths.
package struct ErrorResponse: Codable, Sendable, Equatable {
    package var error: Body

    package struct Body: Codable, Sendable, Equatable {
        /// For programs; see ``ErrorCode``.
        package var code: String
        /// For people: what happened, to what, and what to do next.
        package var message: String
        /// The ID of the policy decision behind a denial.
        package var decision: String?

        package init(code: String, message: String, decision: String? = nil) {
            self.code = code
            self.message = message
            self.decision = decision
        }
    }

    package init(_ code: ErrorCode, _ message: String, decision: String? = nil) {
        error = Body(code: code.rawValue, message: message, decision: decision)
    }
}

/// The codes of errors on the broker's own paths, with the status each comes with.
package enum ErrorCode: String, Sendable, CaseIterable {
    case badRequest = "bad_request"
    case denied
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case tooLarge = "too_large"
    case tooManyConnections = "too_many_connections"
    case internalError = "internal_error"
    /// No token could be had; `Retry-After` says when to try again.
    case unavailable

    package var status: Int {
        switch self {
        case .badRequest: 400
        case .denied: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .tooLarge: 413
        case .tooManyConnections, .unavailable: 503
        case .internalError: 500
        }
    }
}
