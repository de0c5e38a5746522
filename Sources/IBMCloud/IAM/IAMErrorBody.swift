internal import FoundationEssentials
internal import JOSE
internal import TokenBroker

/// An error answer of IAM: its status and, when the body can be read, the code and the request's ID.
struct IAMErrorBody {
    private let answer: HTTPAnswer
    private let code: String?
    private let requestID: String?

    init(_ answer: HTTPAnswer) {
        self.answer = answer
        // An error without a readable body is still told by its status.
        let body = try? answer.object()
        code = body?["errorCode"]?.string
        requestID = body?["context"]?["requestId"]?.string
    }

    /// What the answer means for `profile`; `subject` begins the message.
    func failure(of profile: TrustedProfile, _ subject: String, now: Date) -> AcquisitionError {
        let status = StatusVerdict(answer.status)
        let known = status.isOpenToCodes ? code.flatMap(IAMErrorCode.init) : nil
        let explanation = known?.advice(for: profile.reference) ?? status.advice
        let reference = status.reference(code: code, ("request", requestID))
        return AcquisitionError(
            known?.code ?? status.code,
            "\(subject): \(explanation) \(reference)",
            retryAfter: status.retryAfter(answer, now: now),
            repair: known?.repair(for: profile.reference)
        )
    }
}
