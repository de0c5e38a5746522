internal import FoundationEssentials

/// An error of the IAM Identity API, `/v1/…`, in its shape; the codes are made up.
struct IAMIdentityError: Error {
    let status: Int
    let code: String
    let messageCode: String
    let message: String
    var details: String?

    static let unauthorized = IAMIdentityError(
        status: 401,
        code: "unauthorized",
        messageCode: "BXNIM0308E",
        message: "The IAM token is missing, malformed or expired."
    )

    /// `If-Match` names an older state of the key.
    static let changedMeanwhile = IAMIdentityError(
        status: 409,
        code: "conflict",
        messageCode: "BXNIM0409E",
        message: "The API key was changed meanwhile."
    )

    static func invalid(_ details: String) -> IAMIdentityError {
        IAMIdentityError(
            status: 400,
            code: "bad_request",
            messageCode: "BXNIM0109E",
            message: "The request is invalid.",
            details: details
        )
    }

    /// The error the API answers with for `status`.
    static func status(_ status: Int) -> IAMIdentityError {
        let (code, message) =
            switch status {
            case 401: (unauthorized.code, unauthorized.message)
            case 403: ("forbidden", "You are not authorized.")
            case 404: ("not_found", "The resource was not found.")
            case 405: ("method_not_allowed", "Method not allowed")
            case 429: ("too_many_requests", "Too many requests.")
            case 500...: ("internal_error", "Internal error.")
            default: ("bad_request", "The request is invalid.")
            }
        return IAMIdentityError(status: status, code: code, messageCode: "BXNIM0\(status)E", message: message)
    }

    func answer(_ context: IAMErrorContext) -> SimulatorAnswer {
        let trace = UUID().uuidString.lowercased().filter { $0 != "-" }
        let error: JSONOutput = [
            "code": .string(code), "message_code": .string(messageCode), "message": .string(message),
        ]
        let document: JSONOutput = [
            "context": context.identityDocument(trace: trace),
            "status_code": .integer(status),
            "errors": [error.adding("details", details.map(JSONOutput.string))],
            "trace": .string(trace),
        ]
        return SimulatorAnswer(status: status, document)
    }
}

extension IAMIdentityError {
    /// The error for what IAM refuses; the quota has a code of its own.
    init(_ refusal: APIKeyRefusal) {
        let (status, code) =
            switch refusal {
            case .notFound: (404, "not_found")
            case .locked: (412, "locked")
            case .valueTaken: (409, "value_in_use")
            case .quotaReached: (409, "api_key_quota_reached")
            case .full: (409, "simulator_full")
            }
        self.init(status: status, code: code, messageCode: "BXNIM0\(status)E", message: refusal.message)
    }
}
