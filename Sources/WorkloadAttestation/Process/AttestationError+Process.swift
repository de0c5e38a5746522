internal import Glibc

extension AttestationError {
    static func exited(_ processID: Int32) -> AttestationError {
        AttestationError(.exited, "process \(processID) has ended; the process that connects must wait for the answer")
    }

    /// What a failed look at a process means.
    static func refusal(of processID: Int32, _ attempt: String, _ error: SystemError) -> AttestationError {
        switch error.code {
        case ESRCH: .exited(processID)
        case ENOENT:
            AttestationError(
                .exited,
                "process \(processID) has ended or is hidden from the daemon; look whether /proc is mounted with hidepid"
            )
        case EMFILE, ENFILE:
            AttestationError(
                .busy,
                "\(attempt) of process \(processID) failed: \(error); raise LimitNOFILE of the daemon"
            )
        default:
            AttestationError(
                .unreadable,
                "\(attempt) of process \(processID) failed: \(error); the daemon needs CAP_SYS_PTRACE and a /proc"
            )
        }
    }
}

extension Result where Failure == SystemError {
    func orRefuse(_ processID: Int32, _ attempt: String) throws(AttestationError) -> Success {
        switch self {
        case .success(let value): return value
        case .failure(let error): throw .refusal(of: processID, attempt, error)
        }
    }
}
