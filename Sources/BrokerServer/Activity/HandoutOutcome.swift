/// What became of a request for a token.
package enum HandoutOutcome: String, Sendable, CaseIterable {
    /// A token went out.
    case released
    /// Policy says no.
    case denied
    /// Policy permits it, but not that often.
    case rateLimited = "rate_limited"
    /// Nobody can say who asked.
    case notAttested = "not_attested"
    /// An operator locked the profile.
    case locked
    /// There is no token, or none may go out unrecorded.
    case unavailable

    init(_ refusal: HandoutRefusal) {
        self =
            switch refusal {
            case .notAttested: .notAttested
            case .denied: .denied
            case .tooOften: .rateLimited
            case .locked: .locked
            case .notConfigured, .auditUnavailable, .noToken: .unavailable
            }
    }
}
