internal import FoundationEssentials
internal import TokenBroker

/// What a status says that is not one of success, when the body says nothing that is known.
struct StatusVerdict {
    private let status: Int
    let code: AcquisitionError.Code
    /// What it means, and what to do next.
    let advice: String

    init(_ status: Int) {
        self.status = status
        (code, advice) =
            switch status {
            case 300..<400:
                (
                    .requestRejected,
                    "it answered with a redirect, which is not followed: tokens go to the configured address only; "
                        + "check the URL in the configuration"
                )
            case 401: (.identityRejected, "the identity token was not accepted; check the clock of this machine")
            case 403:
                (.forbidden, "this identity is not allowed to do that; check the profile and the account settings")
            case 429: (.rateLimited, "it asks to be called less often; see what else on this machine fetches tokens")
            case 400..<500:
                (.requestRejected, "it does not accept the request; check the URL and the profile in the configuration")
            case 500..<600:
                (.upstreamFailed, "it failed; it is tried again by itself, open a case with IBM if it goes on")
            default: (.malformedAnswer, "it answered with a status that means nothing here; check the URL")
            }
    }

    /// Whether a code in the body can say more: being slowed down and failing are told by the status alone.
    var isOpenToCodes: Bool { (400..<500).contains(status) && status != 429 }

    /// How long the service asked to be left alone.
    func retryAfter(_ answer: HTTPAnswer, now: Date) -> Duration? {
        guard status == 429 || status == 503 else { return nil }
        return answer.retryAfter.flatMap { RetryAfter.parse($0, now: now) }
    }

    /// Status, code and request in brackets, for a case with IBM.
    ///
    /// What is not a plain identifier is left out.
    func reference(code: String?, _ request: (name: String, value: String?)) -> String {
        var parts = ["HTTP \(status)"]
        if let code = ForeignText.identifier(code) { parts.append("code \(code)") }
        if let value = ForeignText.identifier(request.value) { parts.append("\(request.name) \(value)") }
        return "(\(parts.joined(separator: ", ")))"
    }
}

extension TransportFailure {
    var code: AcquisitionError.Code {
        switch self {
        case .notConnected, .untrusted, .cancelled: .unreachable
        case .connectTimedOut, .firstByteTimedOut, .totalTimedOut: .timedOut
        case .broken, .tooLarge: .malformedAnswer
        case .unsendable: .requestRejected
        }
    }
}
