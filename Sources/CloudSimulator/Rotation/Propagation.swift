/// How long the simulated cloud takes until what is new is known everywhere.
///
/// IAM is eventually consistent: a key that was just made is refused, or not found, for some seconds. The delays count from
/// the making, on the simulated clock, and what is set now also holds for what was made before. What the instance file
/// names is known from the start.
package struct Propagation: Sendable, Equatable {
    /// Until `POST /identity/token` takes a new API key.
    package var apiKeyUse: Duration
    /// Until `GET /v1/apikeys` shows a new API key; writes find it at once.
    package var apiKeyReading: Duration
    /// Until Object Storage takes what a new HMAC pair signs.
    package var hmacPairUse: Duration

    package init(apiKeyUse: Duration = .zero, apiKeyReading: Duration = .zero, hmacPairUse: Duration = .zero) {
        self.apiKeyUse = apiKeyUse
        self.apiKeyReading = apiKeyReading
        self.hmacPairUse = hmacPairUse
    }
}
