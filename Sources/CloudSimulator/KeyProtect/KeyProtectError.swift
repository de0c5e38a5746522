/// An error of Key Protect, in its shape.
///
/// `KEY_ROTATION_NOT_PERMITTED` and `KEY_PAYLOAD_REQ_ERR` are IBM's codes, the others are made up.
struct KeyProtectError: Error {
    let status: Int
    let code: String
    let message: String

    static let unauthorized = KeyProtectError(
        status: 401,
        code: "UNAUTHORIZED_ERR",
        message: "The IAM token is missing, malformed or expired"
    )
    static let keyNotFound = KeyProtectError(
        status: 404,
        code: "KEY_NOT_FOUND_ERR",
        message: "The key does not exist"
    )
    static let payloadRequired = KeyProtectError(
        status: 400,
        code: "KEY_PAYLOAD_REQ_ERR",
        message: "This root key was imported: a payload is required to rotate it"
    )
    static let payloadNotAllowed = KeyProtectError(
        status: 400,
        code: "KEY_PAYLOAD_INVALID_ERR",
        message: "This root key was generated: it is rotated without a payload"
    )
    static let rotationNotPermitted = KeyProtectError(
        status: 409,
        code: "KEY_ROTATION_NOT_PERMITTED",
        message: "This root key was rotated within the last hour"
    )

    static func invalid(_ message: String) -> KeyProtectError {
        KeyProtectError(status: 400, code: "BAD_REQUEST_ERR", message: message)
    }

    /// The error Key Protect answers with for `status`.
    static func status(_ status: Int) -> KeyProtectError {
        switch status {
        case 401: unauthorized
        case 403: KeyProtectError(status: 403, code: "FORBIDDEN_ERR", message: "The caller is not authorized")
        case 404: keyNotFound
        case 405: KeyProtectError(status: 405, code: "METHOD_NOT_ALLOWED_ERR", message: "Method not allowed")
        case 429: KeyProtectError(status: 429, code: "TOO_MANY_REQUESTS_ERR", message: "Too many requests")
        case 500...: KeyProtectError(status: status, code: "INTERNAL_ERR", message: "Internal error")
        default: KeyProtectError(status: status, code: "BAD_REQUEST_ERR", message: "The request is invalid")
        }
    }

    var answer: SimulatorAnswer {
        let reason: JSONOutput = [
            "code": .string(code),
            "message": .string(message),
            "status": .integer(status),
            "moreInfo": "https://cloud.ibm.com/apidocs/key-protect",
        ]
        return SimulatorAnswer(
            status: status,
            [
                "metadata": ["collectionType": "application/vnd.ibm.kms.error+json", "collectionTotal": 1],
                "resources": [["errorMsg": .string(message), "reasons": [reason]]],
            ]
        )
    }
}
