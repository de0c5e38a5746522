/// An error of the control path, in a shape of its own.
struct ControlError: Error {
    let status: Int
    let code: String
    let message: String

    static func notFound(_ message: String) -> ControlError {
        ControlError(status: 404, code: "not_found", message: message)
    }

    static func tooMany(_ message: String) -> ControlError {
        ControlError(status: 409, code: "too_many", message: message)
    }

    static func invalid(_ error: DocumentError) -> ControlError {
        ControlError(status: 400, code: "invalid_request", message: "\(error)")
    }

    static let methodNotAllowed = ControlError(
        status: 405,
        code: "method_not_allowed",
        message: "this path knows other methods; GET /simulator lists them"
    )

    var answer: SimulatorAnswer {
        SimulatorAnswer(status: status, ["error": ["code": .string(code), "message": .string(message)]])
    }
}
