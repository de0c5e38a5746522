internal import FoundationEssentials

/// An error of the VPC Identity and Metadata APIs, in their shape.
struct VPCError: Error {
    let status: Int
    let code: String
    let message: String
    var target: Target?
    /// One error, seen on the wire, has no `status_code` in its body.
    var statesStatus = true

    struct Target {
        let name: String
        let type: TargetType
        var value: String?
    }

    enum TargetType: String {
        case field
        case parameter
        case header
    }

    /// A 400 that is about one part of the request.
    static func invalid(_ code: String, _ message: String, _ target: Target? = nil) -> VPCError {
        VPCError(status: 400, code: code, message: message, target: target)
    }

    static let unauthenticated = VPCError(
        status: 401,
        code: "unauthenticated",
        message: "the identity token is missing, malformed or expired"
    )
    static let disabled = VPCError(
        status: 403,
        code: "unauthorized",
        message: "the metadata service is not enabled for this instance"
    )
    static let notFound = VPCError(
        status: 404,
        code: "not_found",
        message: "no such resource or endpoint for this version"
    )
    static let service = VPCError(status: 500, code: "service_error", message: "internal error")

    /// The error a service of this kind answers with for `status`.
    static func status(_ status: Int) -> VPCError {
        switch status {
        case 401: unauthenticated
        case 403: disabled
        case 404: notFound
        case 429: VPCError(status: 429, code: "too_many_requests", message: "too many requests")
        case 500...: VPCError(status: status, code: "service_error", message: "internal error")
        default: VPCError(status: status, code: "invalid_request", message: "the request is invalid")
        }
    }

    var answer: SimulatorAnswer {
        let trace = UUID().uuidString.lowercased()
        let error: JSONOutput = ["code": .string(code), "message": .string(message)]
        var document: JSONOutput = ["errors": [error.adding("target", target?.document)]]
        if statesStatus { document = document.adding("status_code", .integer(status)) }
        document = document.adding("trace", .string(trace))
        return SimulatorAnswer(status: status, headers: [("X-Request-Id", trace)], document)
    }
}

extension VPCError.Target {
    fileprivate var document: JSONOutput {
        let document: JSONOutput = ["name": .string(name), "type": .string(type.rawValue)]
        return document.adding("value", value.map(JSONOutput.string))
    }
}
