// Errors of Secrets Manager; its codes were never seen and are made up.
extension VPCError {
    static let unauthorizedCaller = VPCError(
        status: 401,
        code: "unauthorized",
        message: "the IAM token is missing, malformed or expired"
    )
    static let forbiddenCaller = VPCError(status: 403, code: "forbidden", message: "the caller is not authorized")
    static let secretNotFound = VPCError(status: 404, code: "not_found", message: "there is no such secret")
    static let versionNotFound = VPCError(status: 404, code: "not_found", message: "the secret has no such version")
    static let payloadTooLarge = VPCError(status: 413, code: "payload_too_large", message: "the payload is too large")
    static let previousLocked = VPCError(
        status: 412,
        code: "secret_locked",
        message: "the previous version is locked: remove its locks, then make a new version"
    )
    static let versionLocked = VPCError(status: 412, code: "secret_locked", message: "the version is locked")
    static let notPlayedHere = VPCError(
        status: 405,
        code: "method_not_allowed",
        message: "the simulator does not play this"
    )

    static func badBody(_ error: DocumentError) -> VPCError { .invalid("bad_request", "\(error)") }
}
