internal import FoundationEssentials
internal import KeyRotation

/// What a refusal means that its service has a name for.
struct KnownRefusal {
    let code: IssuerFault.Code
    /// What it means, and what to do next.
    let advice: String
    let retryAfter: TimeInterval?

    init(_ code: IssuerFault.Code, _ advice: String, retryAfter: TimeInterval? = nil) {
        (self.code, self.advice, self.retryAfter) = (code, advice, retryAfter)
    }
}
