/// Every metric that the daemon serves: once, with what it means.
///
/// `docs/metrics.md` shows the same, alert rules and dashboard use nothing else, and tests hold all of them together.
package enum MetricCatalogue {
    /// In the order in which they are served.
    package static let all: [MetricFamily] =
        tokens + upstream + rotations + files + daemon + process + metrics

    /// `profile`, as the configuration names it.
    static let profile = MetricLabel("profile", .configured("profiles"))
    static let plan = MetricLabel("plan", .configured("rotation plans"))
    static let sink = MetricLabel("sink", .configured("sinks"))
    static let certificate = MetricLabel("certificate", .configured("certificates"))

    static func state(_ states: String...) -> MetricLabel { MetricLabel("state", .these(states)) }

    /// What can be wrong with a call to IBM's services, or with its answer.
    static let errorCodes = [
        "metadata_disabled", "unreachable", "timed_out", "profile_not_linked", "identity_rejected", "forbidden",
        "request_rejected", "rate_limited", "upstream_failed", "malformed_answer", "nonce_mismatch", "token_rejected",
        "identity_unreadable", "locked",
    ]
}
