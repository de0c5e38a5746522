extension MetricCatalogue {
    /// The daemon itself.
    static let daemon: [MetricFamily] = [
        .buildInformation, .policyGeneration, .policyLoaded, .policyReloadSuccess,
        .auditWritten, .auditQueued, .auditLost, .auditFailing,
        .connections, .connectionLimit, .eventLoopLag,
    ]

    static let listener = MetricLabel(
        "listener",
        .these(["admin", "workload", "metadata", "credentials", "metrics", "page"])
    )
}

extension MetricFamily {
    package static let buildInformation = MetricFamily(
        "iam_broker_build_info",
        .gauge,
        .truth,
        [MetricLabel("version", .upTo(1, of: "versions"))],
        help: "Always 1; the label says which version runs."
    )
    package static let policyGeneration = MetricFamily(
        "iam_broker_policy_generation",
        .gauge,
        .number,
        help: "Number of the policy in force; 1 is the one that the daemon started with."
    )
    package static let policyLoaded = MetricFamily(
        "iam_broker_policy_loaded_timestamp_seconds",
        .gauge,
        .timestamp,
        help: "When the policy in force was loaded."
    )
    package static let policyReloadSuccess = MetricFamily(
        "iam_broker_policy_last_reload_successful",
        .gauge,
        .truth,
        help: "0 while the policy in the folder is not the one in force, because it was refused."
    )
    package static let auditWritten = MetricFamily(
        "iam_broker_audit_written_total",
        .counter,
        .number,
        help: "Events written to the audit log."
    )
    package static let auditQueued = MetricFamily(
        "iam_broker_audit_queued",
        .gauge,
        .number,
        help: "Events that wait to be written to the audit log."
    )
    package static let auditLost = MetricFamily(
        "iam_broker_audit_lost_total",
        .counter,
        .number,
        help: "Events that are not in the audit log, because it could not be written."
    )
    package static let auditFailing = MetricFamily(
        "iam_broker_audit_failing",
        .gauge,
        .truth,
        help: "1 while the last write to the audit log failed."
    )
    package static let connections = MetricFamily(
        "iam_broker_connections",
        .gauge,
        .number,
        [MetricCatalogue.listener],
        help: "Open connections of each listener."
    )
    package static let connectionLimit = MetricFamily(
        "iam_broker_connections_limit",
        .gauge,
        .number,
        [MetricCatalogue.listener],
        help: "Connections that the listener takes; more are turned away."
    )
    package static let eventLoopLag = MetricFamily(
        "iam_broker_event_loop_lag_seconds",
        .histogram(bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]),
        .seconds,
        [MetricLabel("loop", .upTo(64, of: "numbers of event loops"))],
        help: "How much later than planned an event loop did what it was to do: looked at every five seconds."
    )
}
