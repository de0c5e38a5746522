internal import FoundationEssentials
internal import JOSE
internal import TokenBroker

/// An error answer of the metadata service: its status and, when the body can be read, the first code and the trace.
struct MetadataErrorBody {
    private let answer: HTTPAnswer
    private let code: String?
    private let trace: String?

    init(_ answer: HTTPAnswer) {
        self.answer = answer
        // An error without a readable body is still told by its status.
        let body = try? answer.object()
        code = body?["errors"]?.array?.first?["code"]?.string
        trace = body?["trace"]?.string
    }

    func failure(of call: VPCIdentityCall, now: Date) -> AcquisitionError {
        let status = StatusVerdict(answer.status)
        let known = status.isOpenToCodes ? code.flatMap(MetadataErrorCode.init) : nil
        let explanation = known?.advice(for: call) ?? status.advice
        let reference = status.reference(code: code, ("trace", trace))
        return call.failure(
            known?.code ?? status.code,
            "\(explanation) \(reference)",
            retryAfter: status.retryAfter(answer, now: now),
            repair: known?.repair(of: call)
        )
    }
}
