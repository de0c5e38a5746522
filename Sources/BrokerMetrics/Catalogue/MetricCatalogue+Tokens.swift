extension MetricCatalogue {
    /// What workloads ask for and get, and how each profile is doing.
    static let tokens: [MetricFamily] = [
        .tokenRequests, .denials, .tokenLookups, .tokenJoins,
        .profileState, .tokenRemaining, .tokenLastSuccess, .tokenNextAttempt, .breakerState, .consecutiveFailures,
        .acquisitions,
    ]
}

extension MetricFamily {
    package static let tokenRequests = MetricFamily(
        "iam_broker_token_requests_total",
        .counter,
        .number,
        [
            MetricCatalogue.profile,
            MetricLabel(
                "outcome",
                .these(["released", "denied", "rate_limited", "not_attested", "locked", "unavailable"])
            ),
        ],
        help:
            "Requests of workloads for a token, by how they ended; the profile (none) stands for what is no profile here."
    )
    package static let denials = MetricFamily(
        "iam_broker_denials_total",
        .counter,
        .number,
        [
            MetricCatalogue.profile,
            MetricLabel("reason", .these(denialReasons)),
        ],
        help:
            "What the gate refused, tokens or anything else, by reason; observed was permitted and would be denied without observe."
    )
    package static let denialReasons = [
        "nobody_may", "no_grant_matches", "not_now", "denied", "rate_limited", "not_attested", "observed",
    ]
    package static let tokenLookups = MetricFamily(
        "iam_broker_token_lookups_total",
        .counter,
        .number,
        [MetricCatalogue.profile, MetricLabel("result", .these(["cached", "waited"]))],
        help: "Permitted requests that found a token in the cache, or had to wait for an exchange."
    )
    package static let tokenJoins = MetricFamily(
        "iam_broker_token_joins_total",
        .counter,
        .number,
        [MetricCatalogue.profile],
        help:
            "Requests that waited for an exchange for which another request waited already: calls to IAM that were spared."
    )
    package static let profileState = MetricFamily(
        "iam_broker_profile_state",
        .gauge,
        .truth,
        [MetricCatalogue.profile, MetricCatalogue.state("fresh", "stale", "absent", "failing", "locked")],
        help: "1 for the state that the profile is in."
    )
    package static let tokenRemaining = MetricFamily(
        "iam_broker_token_remaining_seconds",
        .gauge,
        .seconds,
        [MetricCatalogue.profile],
        help: "Life that remains of the cached token; 0 without one."
    )
    package static let tokenLastSuccess = MetricFamily(
        "iam_broker_token_last_success_timestamp_seconds",
        .gauge,
        .timestamp,
        [MetricCatalogue.profile],
        help: "When a token was obtained and verified last; absent before the first."
    )
    package static let tokenNextAttempt = MetricFamily(
        "iam_broker_token_next_attempt_seconds",
        .gauge,
        .seconds,
        [MetricCatalogue.profile],
        help: "Time until the broker renews, or tries again; absent while it waits to be asked."
    )
    package static let breakerState = MetricFamily(
        "iam_broker_breaker_state",
        .gauge,
        .truth,
        [MetricCatalogue.profile, MetricCatalogue.state("closed", "open", "half_open")],
        help: "1 for the state of the breaker, which opens after failures in a row."
    )
    package static let consecutiveFailures = MetricFamily(
        "iam_broker_consecutive_failures",
        .gauge,
        .number,
        [MetricCatalogue.profile],
        help: "Attempts to obtain a token that failed since the last that succeeded."
    )
    package static let acquisitions = MetricFamily(
        "iam_broker_acquisitions_total",
        .counter,
        .number,
        [MetricCatalogue.profile, MetricLabel("outcome", .these(["obtained"] + MetricCatalogue.errorCodes))],
        help: "Attempts to obtain a token, by how they ended: obtained, or the code of the error."
    )
}
