/// The answer to `POST /v1/verify`.
package struct VerifyResponse: Codable, Sendable {
    /// `accept` or `reject`.
    package var verdict: String
    /// The first rule broken, when rejected.
    package var reason: String?

    package init(verdict: String, reason: String? = nil) {
        self.verdict = verdict
        self.reason = reason
    }
}
