internal import FoundationEssentials

/// An error of the S3 API, in its XML.
struct ObjectStorageError: Error {
    let status: Int
    let code: String
    let message: String

    static let accessDenied = ObjectStorageError(status: 403, code: "AccessDenied", message: "Access Denied")

    /// The error the API answers with for `status`.
    static func status(_ status: Int) -> ObjectStorageError {
        switch status {
        case 401, 403: ObjectStorageError(status: status, code: accessDenied.code, message: accessDenied.message)
        case 404: ObjectStorageError(status: 404, code: "NoSuchKey", message: "The specified key does not exist.")
        case 405: ObjectStorageError(status: 405, code: "MethodNotAllowed", message: "The simulator plays GET / only.")
        case 429, 503: ObjectStorageError(status: status, code: "SlowDown", message: "Please reduce your request rate.")
        case 500...: ObjectStorageError(status: status, code: "InternalError", message: "Internal error.")
        default: ObjectStorageError(status: status, code: "InvalidRequest", message: "The request is invalid.")
        }
    }

    var answer: SimulatorAnswer {
        let trace = UUID().uuidString.lowercased()
        return SimulatorAnswer(
            status: status,
            headers: [("x-amz-request-id", trace)],
            xml: "<Error><Code>\(code)</Code><Message>\(message)</Message><Resource>/</Resource>"
                + "<RequestId>\(trace)</RequestId><httpStatusCode>\(status)</httpStatusCode></Error>"
        )
    }
}
