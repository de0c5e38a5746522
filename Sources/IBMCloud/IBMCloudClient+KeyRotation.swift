package import KeyRotation

extension IBMCloudClient {
    /// Builds the issuer of the keys of `target`; nothing is sent.
    ///
    /// - Parameters:
    ///   - target: what is rotated; identity certificates are not keys of these services.
    ///   - plan: the plan that says so; keys are described as made for it.
    ///   - token: gives the IAM token that the calls are made with.
    ///   - verify: judges the tokens that new API keys open.
    /// - Returns: the issuer, which lives as long as the client.
    /// - Throws: ``ConfigurationError`` for a URL that is none or would be called without encryption, and for a certificate.
    package func issuer(
        for target: KeyTarget,
        plan: PlanName,
        token: @escaping BearerSource,
        verify: @escaping TokenCheck
    ) throws(ConfigurationError) -> any KeyIssuer {
        try keyServices.issuer(for: target, plan: plan, token: token, check: verify)
    }

    /// Builds the sink that publishes to `target`; nothing is sent.
    ///
    /// - Parameters:
    ///   - target: the secret, which must be there already.
    ///   - token: gives the IAM token that the calls are made with.
    /// - Returns: the sink, which lives as long as the client.
    /// - Throws: ``ConfigurationError`` for a URL that is none or would be called without encryption.
    package func secretsManagerSink(
        for target: SecretSinkTarget,
        token: @escaping BearerSource
    ) throws(ConfigurationError) -> any KeySink {
        SecretsManagerSink(target: target, secret: try keyServices.secret(target.id, at: target.url, token))
    }
}
