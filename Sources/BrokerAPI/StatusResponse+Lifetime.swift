extension StatusResponse.Profile {
    /// How much of the token's life remains, in 0...1; `nil` without a token.
    package var lifeShare: Double? { share(of: expiresIn) }

    /// What of its life will remain when the broker renews it next, in 0...1; `nil` when it will not by itself.
    package var refreshShare: Double? {
        guard let expiresIn, let nextAttemptIn else { return nil }
        let (left, isTooFar) = expiresIn.subtractingReportingOverflow(nextAttemptIn)
        return isTooFar ? nil : share(of: left)
    }

    private func share(of seconds: Int?) -> Double? {
        guard let seconds, let issuedAt, let expiresAt, expiresAt > issuedAt else { return nil }
        return min(max(Double(seconds) / (Double(expiresAt) - Double(issuedAt)), 0), 1)
    }
}
