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
    /// An operator locked the profile.
    case locked
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    /// The demand does not fit what is in force.
    case conflict
    case requestTimeout = "request_timeout"
    case tooLarge = "too_large"
    case tooManyConnections = "too_many_connections"
    /// More tokens were asked for than the grant allows; `Retry-After` says when to try again.
    case rateLimited = "rate_limited"
    case internalError = "internal_error"
    /// What was demanded could not be stored; the message says what holds nevertheless.
    case notStored = "not_stored"
    /// No token could be had; `Retry-After` says when to try again.
    case unavailable

    package var status: Int {
        switch self {
        case .badRequest: 400
        case .denied, .locked: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .requestTimeout: 408
        case .tooLarge: 413
        case .rateLimited: 429
        case .tooManyConnections, .unavailable: 503
        case .internalError, .notStored: 500
        }
    }
}
