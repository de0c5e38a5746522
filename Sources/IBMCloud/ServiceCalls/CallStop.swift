internal import KeyRotation

/// Why a call has no answer that helps: a fault, or the end of the process.
enum CallStop: Error {
    case fault(IssuerFault)
    case interrupted
}

extension IssuerAnswer {
    /// What `body` answers, or the fault that it ends with.
    static func of(
        _ body: () async throws(CallStop) -> IssuerAnswer
    ) async throws(Interruption) -> IssuerAnswer {
        do {
            return try await body()
        } catch {
            switch error {
            case .fault(let fault): return .fault(fault)
            case .interrupted: throw Interruption()
            }
        }
    }

    /// To a call that the service does not have.
    static func unsupported(_ text: String) -> IssuerAnswer { .fault(IssuerFault(.unsupported, text)) }
}
