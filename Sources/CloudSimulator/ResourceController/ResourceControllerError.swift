internal import FoundationEssentials

/// An error of the Resource Controller, in its shape; only `RC-IamErrorResponse` was seen, the other codes are made up.
struct ResourceControllerError: Error {
    let status: Int
    let code: String
    let message: String
    var details: String?

    static let unauthorized = ResourceControllerError(
        status: 401,
        code: "RC-IamErrorResponse",
        message: "The IAM token is missing, malformed or expired"
    )
    static let full = ResourceControllerError(
        status: 409,
        code: "RC-SimulatorFull",
        message: "The simulator keeps no more resource keys"
    )

    static func invalid(_ details: String) -> ResourceControllerError {
        ResourceControllerError(
            status: 400,
            code: "RC-InvalidRequest",
            message: "The request is invalid",
            details: details
        )
    }

    /// The error the Resource Controller answers with for `status`.
    static func status(_ status: Int) -> ResourceControllerError {
        switch status {
        case 401: unauthorized
        case 403: ResourceControllerError(status: 403, code: "RC-Forbidden", message: "You are not authorized")
        case 404: ResourceControllerError(status: 404, code: "RC-NotFound", message: "The resource was not found")
        case 405: ResourceControllerError(status: 405, code: "RC-MethodNotAllowed", message: "Method not allowed")
        case 429: ResourceControllerError(status: 429, code: "RC-TooManyRequests", message: "Too many requests")
        case 500...: ResourceControllerError(status: status, code: "RC-InternalError", message: "Internal error")
        default:
            ResourceControllerError(status: status, code: "RC-InvalidRequest", message: "The request is invalid")
        }
    }

    var answer: SimulatorAnswer {
        let document: JSONOutput = [
            "error_code": .string(code),
            "message": .string(message),
            "status_code": .integer(status),
            "transaction_id": .string("bss-\(HexText.random(bytes: 8))"),
        ]
        return SimulatorAnswer(status: status, document.adding("details", details.map(JSONOutput.string)))
    }
}

extension ResourceControllerError {
    /// The error for what IAM refuses on behalf of a resource key.
    init(_ refusal: APIKeyRefusal) {
        let (status, code) =
            switch refusal {
            case .quotaReached: (409, "RC-ApiKeyQuotaReached")
            case .notFound, .locked, .valueTaken, .full: (409, "RC-ApiKeyNotMade")
            }
        self.init(status: status, code: code, message: refusal.message)
    }
}
