/// What the simulated account allows to those who rotate keys.
package struct RotationRules: Sendable, Equatable {
    /// API keys that one identity may have; IBM's number is 20.
    package var apiKeyQuota: Int
    /// Whether the credentials of a resource key are shown once, by the answer that makes it.
    package var hasOneTimeCredentials: Bool
    /// Services that answer every call with 403, of ``services``.
    package var forbidden: Set<Endpoint>

    /// The services in which keys are rotated.
    package static let services: [Endpoint] = [.iamIdentity, .secretsManager, .resourceController, .keyProtect]
    /// Quotas that can be set.
    static let quotas = 0...APIKeys.maximumCount

    package init(apiKeyQuota: Int = 20, hasOneTimeCredentials: Bool = false, forbidden: Set<Endpoint> = []) {
        self.apiKeyQuota = apiKeyQuota
        self.hasOneTimeCredentials = hasOneTimeCredentials
        self.forbidden = forbidden
    }
}
