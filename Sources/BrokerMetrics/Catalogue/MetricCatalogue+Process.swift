extension MetricCatalogue {
    /// Named as other programs name them, so that one query finds all.
    static let process: [MetricFamily] = [
        .processCPU, .processResidentMemory, .processOpenFiles, .processMaximumFiles, .processStart,
    ]

    /// What the metrics cannot say.
    static let metrics: [MetricFamily] = [.metricsFolded, .metricsUnknown]
}

extension MetricFamily {
    package static let processCPU = MetricFamily(
        "process_cpu_seconds_total",
        .counter,
        .seconds,
        help: "Processor time that the daemon has used."
    )
    package static let processResidentMemory = MetricFamily(
        "process_resident_memory_bytes",
        .gauge,
        .bytes,
        help: "Memory of the daemon that is not swapped out."
    )
    package static let processOpenFiles = MetricFamily(
        "process_open_fds",
        .gauge,
        .number,
        help: "File descriptors that the daemon has open."
    )
    package static let processMaximumFiles = MetricFamily(
        "process_max_fds",
        .gauge,
        .number,
        help: "File descriptors that the daemon may have open."
    )
    package static let processStart = MetricFamily(
        "process_start_time_seconds",
        .gauge,
        .timestamp,
        help: "When the daemon was started."
    )
    package static let metricsFolded = MetricFamily(
        "iam_broker_metrics_folded_total",
        .counter,
        .number,
        [MetricLabel("metric", .upTo(64, of: "metrics"))],
        help: "Values that were counted under the label (other), or not at all, because a metric had too many labels."
    )
    package static let metricsUnknown = MetricFamily(
        "iam_broker_metrics_unknown_total",
        .counter,
        .number,
        help: "Metrics that are not in the catalogue and were not kept: a mistake in the daemon."
    )
}
