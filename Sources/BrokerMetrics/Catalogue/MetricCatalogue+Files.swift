extension MetricCatalogue {
    /// What the daemon keeps in files.
    static let files: [MetricFamily] = [.sinkState, .sinkRemaining, .certificateState, .certificateRemaining]
}

extension MetricFamily {
    package static let sinkState = MetricFamily(
        "iam_broker_sink_state",
        .gauge,
        .truth,
        [MetricCatalogue.sink, MetricCatalogue.state("written", "failing", "absent", "denied", "locked")],
        help: "1 for the state that the sink is in."
    )
    package static let sinkRemaining = MetricFamily(
        "iam_broker_sink_token_remaining_seconds",
        .gauge,
        .seconds,
        [MetricCatalogue.sink],
        help: "Life that remains of the token in the sink's file; 0 without one."
    )
    package static let certificateState = MetricFamily(
        "iam_broker_certificate_state",
        .gauge,
        .truth,
        [MetricCatalogue.certificate, MetricCatalogue.state("fresh", "failing", "expired", "absent")],
        help: "1 for the state that the identity certificate is in."
    )
    package static let certificateRemaining = MetricFamily(
        "iam_broker_certificate_remaining_seconds",
        .gauge,
        .seconds,
        [MetricCatalogue.certificate],
        help: "Life that remains of the identity certificate; 0 without one."
    )
}
