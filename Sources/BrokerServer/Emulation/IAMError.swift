internal import FoundationEssentials

/// An error in the shape of IAM's token API (reference: IBM API, section 3.6).
struct IAMError: Error, Sendable, Equatable {
    var status = 400
    let code: String
    let message: String
    var details: String?
    /// Seconds for `Retry-After`.
    var retryAfter: Int?

    static func missing(_ property: String) -> IAMError {
        IAMError(
            code: "BXNIM0109E",
            message: "Property missing or empty",
            details: "Property '\(property)' either missing or empty."
        )
    }

    static func malformed(_ details: String) -> IAMError {
        IAMError(code: "BXNIM0109E", message: "The request is invalid.", details: details)
    }

    /// The named profile is not for the caller, or there is none of that name.
    static func notEligible(_ details: String) -> IAMError {
        IAMError(code: "BXNIM0398E", message: "Selected trusted profile not eligible.", details: details)
    }

    static func apiKeyNotFound(_ details: String) -> IAMError {
        IAMError(code: "BXNIM0415E", message: "Provided API key could not be found.", details: details)
    }

    static let methodNotAllowed = IAMError(status: 405, code: "BXNIM0060E", message: "Method not allowed: send POST")

    static func notAuthorized(_ details: String) -> IAMError {
        IAMError(status: 403, code: "BXNIM0513E", message: "You are not authorized.", details: details)
    }

    /// The code for a status was never seen; clients go by the status.
    static func failed(_ status: Int, _ details: String, retryAfter: Int) -> IAMError {
        let message = status == 429 ? "Too many requests." : "Internal error."
        return IAMError(
            status: status,
            code: "BXNIM0\(status)E",
            message: message,
            details: details,
            retryAfter: retryAfter
        )
    }

    /// SDKs show `errorMessage` alone, so what happened stands there, too.
    var response: Response {
        let requestID = Response.currentRequestID
        let text = details.map { "\(message) \($0)" } ?? message
        let context = Body.Context(requestId: requestID)
        let body = Body(errorCode: code, errorMessage: text, errorDetails: details, context: context)
        var response = Response(status: status, body)
        response.requestID = requestID
        response.retryAfter = retryAfter
        if status == 405 { response.allow = "POST" }
        return response
    }

    private struct Body: Encodable {
        struct Context: Encodable {
            let requestId: String
            let requestType = "incoming.Identity_Token"
            // Node's SDK takes an address with "iam" in it for a refusal of the credentials (same reference, section 8.2).
            let url = "http://localhost"
            let elapsedTime = "0"
            let locale = "en_US"
        }

        let errorCode: String
        let errorMessage: String
        let errorDetails: String?
        let context: Context
    }
}
