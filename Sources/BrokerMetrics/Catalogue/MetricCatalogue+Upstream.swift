extension MetricCatalogue {
    /// IBM's services.
    static let upstream: [MetricFamily] = [.upstreamDuration, .upstreamErrors, .signingKeyAge, .signingKeyLastSeen]

    static let call = MetricLabel("call", .these(["identity_token", "token_exchange", "key_set"]))

    /// A key set may have ten times as many, and then not all are served.
    static let keyID = MetricLabel("key_id", .upTo(100, of: "key IDs of the token issuer"))
}

extension MetricFamily {
    package static let upstreamDuration = MetricFamily(
        "iam_broker_upstream_duration_seconds",
        .histogram(bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]),
        .seconds,
        [MetricCatalogue.call],
        help: "How long calls to IBM's services took, whatever came of them."
    )
    package static let upstreamErrors = MetricFamily(
        "iam_broker_upstream_errors_total",
        .counter,
        .number,
        [MetricCatalogue.call, MetricLabel("code", .these(MetricCatalogue.errorCodes))],
        help: "Calls to IBM's services that failed, by the code of the error."
    )
    package static let signingKeyAge = MetricFamily(
        "iam_broker_signing_key_age_seconds",
        .gauge,
        .seconds,
        [MetricCatalogue.keyID, MetricCatalogue.state("published", "kept", "withdrawn")],
        help:
            "Time since the token issuer's key was seen first; kept keys left the key set and still count for older tokens."
    )
    package static let signingKeyLastSeen = MetricFamily(
        "iam_broker_signing_key_last_seen_seconds",
        .gauge,
        .seconds,
        [MetricCatalogue.keyID],
        help: "Time since a key set with this key was fetched last; sets are fetched once an hour."
    )
}
