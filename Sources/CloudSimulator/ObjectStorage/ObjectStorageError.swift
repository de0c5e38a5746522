internal import FoundationEssentials

/// An error of the S3 API, in its XML.
struct ObjectStorageError: Error {
    let status: Int
    let code: String
    let message: String

    /// The error the API answers with for `status`.
    static func status(_ status: Int) -> ObjectStorageError {
        switch status {
        case 401, 403: ObjectStorageError(status: status, code: accessDenied.code, message: accessDenied.message)
        case 404: .noSuchKey
        case 405:
            ObjectStorageError(status: 405, code: "MethodNotAllowed", message: "The simulator does not play this.")
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
            xml: "<Error><Code>\(code)</Code><Message>\(XMLOutput.escape(message))</Message><Resource>/</Resource>"
                + "<RequestId>\(trace)</RequestId><httpStatusCode>\(status)</httpStatusCode></Error>"
        )
    }
}

// Who calls.
extension ObjectStorageError {
    static let accessDenied = denied("Access Denied")
    static let headersNotSigned = denied("There were headers present in the request which were not signed")
    static let missingDate = denied("AWS authentication requires a valid x-amz-date header")
    static let expired = denied("Request has expired")
    static let notYetValid = denied("Request is not yet valid")

    static let invalidAccessKeyID = ObjectStorageError(
        status: 403,
        code: "InvalidAccessKeyId",
        message: "The AWS Access Key Id you provided does not exist in our records."
    )

    static let signatureDoesNotMatch = ObjectStorageError(
        status: 403,
        code: "SignatureDoesNotMatch",
        message: "The request signature we calculated does not match the signature you provided. "
            + "Check your AWS Secret Access Key and signing method."
    )

    static let requestTimeTooSkewed = ObjectStorageError(
        status: 403,
        code: "RequestTimeTooSkewed",
        message: "The difference between the request time and the current time is too large."
    )

    static let malformedAuthorization = ObjectStorageError(
        status: 400,
        code: "AuthorizationHeaderMalformed",
        message: "The authorization header that you provided is not valid."
    )

    static let malformedQuery = ObjectStorageError(
        status: 400,
        code: "AuthorizationQueryParametersError",
        message: "The X-Amz-… parameters of the query are not those of a presigned URL."
    )

    static let unsupportedAuthorization = invalid(
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
    )

    static let twoAuthorizations = ObjectStorageError(
        status: 400,
        code: "InvalidArgument",
        message: "Only one auth mechanism allowed"
    )

    private static func denied(_ message: String) -> ObjectStorageError {
        ObjectStorageError(status: 403, code: "AccessDenied", message: message)
    }

    private static func invalid(_ message: String) -> ObjectStorageError {
        ObjectStorageError(status: 400, code: "InvalidRequest", message: message)
    }
}

// What is sent and asked for.
extension ObjectStorageError {
    static let missingPayloadHash = invalid("Missing required header for this request: x-amz-content-sha256")
    static let unsupportedPayload = invalid("x-amz-content-sha256 must be a SHA-256 or one of the words for it")

    static let contentDoesNotMatch = ObjectStorageError(
        status: 400,
        code: "XAmzContentSHA256Mismatch",
        message: "The provided 'x-amz-content-sha256' header does not match what was computed."
    )

    static let incompleteBody = ObjectStorageError(
        status: 400,
        code: "IncompleteBody",
        message: "The chunks of the body are not what its header fields say."
    )

    static let entityTooLarge = ObjectStorageError(
        status: 400,
        code: "EntityTooLarge",
        message: "The simulator takes objects of \(ObjectStore.maximumSize) bytes at most."
    )

    static let keyTooLong = ObjectStorageError(status: 400, code: "KeyTooLongError", message: "Your key is too long")

    static let metadataTooLarge = ObjectStorageError(
        status: 400,
        code: "MetadataTooLarge",
        message: "Your metadata headers exceed the maximum allowed metadata size"
    )

    static let full = ObjectStorageError(
        status: 403,
        code: "QuotaExceeded",
        message: "The simulator keeps \(ObjectStore.maximumCount) objects and \(ObjectStore.maximumTotal) bytes."
    )

    static let noSuchKey = ObjectStorageError(
        status: 404,
        code: "NoSuchKey",
        message: "The specified key does not exist."
    )

    static let noSuchBucket = ObjectStorageError(
        status: 404,
        code: "NoSuchBucket",
        message: "The specified bucket does not exist."
    )

    static let bucketAlreadyOwned = ObjectStorageError(
        status: 409,
        code: "BucketAlreadyOwnedByYou",
        message: "Your previous request to create the named bucket succeeded and you already own it."
    )

    static func invalidArgument(_ name: String) -> ObjectStorageError {
        ObjectStorageError(status: 400, code: "InvalidArgument", message: "The value of \(name) is invalid.")
    }

    /// For what would be answered wrongly if it were overlooked.
    static func notPlayed(_ what: String) -> ObjectStorageError {
        ObjectStorageError(status: 501, code: "NotImplemented", message: "The simulator does not play \(what).")
    }
}
