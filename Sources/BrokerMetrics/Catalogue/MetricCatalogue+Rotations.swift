extension MetricCatalogue {
    /// Keys that are replaced as plans say.
    static let rotations: [MetricFamily] = [
        .rotationState, .rotationPhaseAge, .rotationAttempts, .rotationNextStart, .rotationLastSuccess,
        .rotationFailures, .rotationKeyAge, .rotationKeyMaximumAge,
    ]
}

extension MetricFamily {
    package static let rotationState = MetricFamily(
        "iam_broker_rotation_state",
        .gauge,
        .truth,
        [MetricCatalogue.plan, MetricCatalogue.state("waiting", "rotating", "paused", "halted", "unknown")],
        help:
            "1 for the state that the plan is in; halted needs somebody, and unknown means that its journal cannot be used."
    )
    package static let rotationPhaseAge = MetricFamily(
        "iam_broker_rotation_phase_age_seconds",
        .gauge,
        .seconds,
        [
            MetricCatalogue.plan,
            MetricLabel(
                "phase",
                .these([
                    "plan", "create", "verify", "publish", "acknowledge", "overlap", "prove idle", "disable", "delete",
                    "abandon", "rollback",
                ])
            ),
        ],
        help: "Time since the phase began that a rotation under way is in; absent without one."
    )
    package static let rotationAttempts = MetricFamily(
        "iam_broker_rotation_attempts",
        .gauge,
        .number,
        [MetricCatalogue.plan],
        help: "Attempts that failed at the present step of a rotation under way; absent without one."
    )
    package static let rotationNextStart = MetricFamily(
        "iam_broker_rotation_next_start_timestamp_seconds",
        .gauge,
        .timestamp,
        [MetricCatalogue.plan],
        help: "When the next rotation begins; absent while one is under way, paused or halted."
    )
    package static let rotationLastSuccess = MetricFamily(
        "iam_broker_rotation_last_success_timestamp_seconds",
        .gauge,
        .timestamp,
        [MetricCatalogue.plan],
        help: "When the last rotation ended well; absent before the first."
    )
    package static let rotationFailures = MetricFamily(
        "iam_broker_rotation_failures",
        .gauge,
        .number,
        [MetricCatalogue.plan],
        help: "Rotations that failed since the last that ended well."
    )
    package static let rotationKeyAge = MetricFamily(
        "iam_broker_rotation_key_age_seconds",
        .gauge,
        .seconds,
        [MetricCatalogue.plan],
        help: "Age of the key that consumers have; absent without one."
    )
    package static let rotationKeyMaximumAge = MetricFamily(
        "iam_broker_rotation_key_max_age_seconds",
        .gauge,
        .seconds,
        [MetricCatalogue.plan],
        help: "Age that a key may reach by its plan; absent where the plan sets none."
    )
}
