internal import FoundationEssentials

/// An error of `POST /identity/token`, in the shape of IAM.
struct IAMError: Error {
    let status: Int
    let code: String
    let message: String
    var details: String?

    static let apiKeyNotFound = IAMError(
        status: 400,
        code: "BXNIM0415E",
        message: "Provided API key could not be found."
    )
    static let methodNotAllowed = IAMError(status: 405, code: "BXNIM0060E", message: "Method not allowed")
    static let malformedToken = IAMError(status: 400, code: "BXNIM0401E", message: "The token is malformed.")
    static let invalidToken = IAMError(status: 400, code: "BXNIM0407E", message: "The token failed to validate.")

    static func missing(_ property: String) -> IAMError {
        IAMError(
            status: 400,
            code: "BXNIM0109E",
            message: "Property missing or empty",
            details: "Property '\(property)' either missing or empty."
        )
    }

    static func profileNotEligible(_ profile: String, for resource: String) -> IAMError {
        IAMError(
            status: 400,
            code: "BXNIM0398E",
            message: "Selected trusted profile not eligible.",
            details: "The CR token '\(resource)' cannot be used for '\(profile)'"
        )
    }

    /// The error IAM answers with for `status`; codes that were never seen are made up.
    static func status(_ status: Int) -> IAMError {
        switch status {
        case 401, 403: IAMError(status: status, code: "BXNIM0513E", message: "You are not authorized.")
        case 429: IAMError(status: status, code: "BXNIM0429E", message: "Too many requests.")
        case 500...: IAMError(status: status, code: "BXNIM0500E", message: "Internal error.")
        default: IAMError(status: status, code: "BXNIM0109E", message: "The request is invalid.")
        }
    }

    func answer(_ context: IAMErrorContext) -> SimulatorAnswer {
        let document: JSONOutput = ["errorCode": .string(code), "errorMessage": .string(message)]
        return SimulatorAnswer(
            status: status,
            document.adding("errorDetails", details.map(JSONOutput.string)).adding("context", context.document)
        )
    }
}

/// The `context` of an IAM error: where and when it happened.
struct IAMErrorContext {
    let userAgent: String
    let issuer: String
    let now: Date
    /// The name of the call, as the IAM Identity API has it.
    var operation = "LIST_API_KEYS"

    private static let host = JSONOutput.string("iamid-6.12-12345-abcdef0-5f6a7b8c9d-x1y2z")

    /// Where IAM is: the issuer without its path.
    var url: String { issuer.hasSuffix("/identity") ? String(issuer.dropLast("/identity".count)) : issuer }

    /// As the IAM Identity API writes it.
    func identityDocument(trace: String) -> JSONOutput {
        let time = JSONOutput.string(CivilTime(now).iamContext)
        return [
            "transaction_id": .string(trace),
            "operation": .string(operation),
            "user_agent": .string(userAgent),
            "url": .string(url),
            "instance_id": Self.host,
            "thread_id": "a1b2c",
            "host": Self.host,
            "start_time": time,
            "end_time": time,
            "elapsed_time": "0",
            "cluster_name": "iam-id-simulator",
        ]
    }

    /// As the IAM token API writes it.
    var document: JSONOutput {
        let time = CivilTime(now).iamContext
        return [
            "requestId": .string("c2ltdWw-\(UUID().uuidString.lowercased().filter { $0 != "-" })"),
            "requestType": "incoming.Identity_Token",
            "userAgent": .string(userAgent),
            "url": .string(url),
            "instanceId": Self.host,
            "threadId": "b2c3d",
            "host": Self.host,
            "startTime": .string(time),
            "endTime": .string(time),
            "elapsedTime": "0",
            "locale": "en_US",
            "clusterName": "iam-id-simulator",
        ]
    }
}
