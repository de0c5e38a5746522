/// What is measured under one name: the entry of the catalogue that explains it.
///
/// The entries are all there is: what has none is not served.
package struct MetricFamily: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Only grows, from 0 at the start of the daemon.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts values by size: each bound counts what is not larger. Ascending, without infinity.
        case histogram(bounds: [Double])

        /// As Prometheus calls it.
        package var word: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    package enum Unit: String, Sendable {
        case seconds, bytes
        /// Seconds since 1970.
        case timestamp = "seconds since 1970"
        /// 1 or 0.
        case truth = "1 or 0"
        /// Requests, events, files.
        case number
    }

    /// With the ending that its kind and unit demand (prometheus.io, "Metric and label naming").
    package let name: String
    package let kind: Kind
    package let unit: Unit
    package let labels: [MetricLabel]
    /// One sentence for whoever meets it in a query.
    package let help: String

    package init(_ name: String, _ kind: Kind, _ unit: Unit, _ labels: [MetricLabel] = [], help: String) {
        (self.name, self.kind, self.unit, self.labels, self.help) = (name, kind, unit, labels, help)
    }

    /// Whether its labels have words of ours alone, which are all known.
    var isClosed: Bool {
        labels.allSatisfy { if case .these = $0.values { true } else { false } }
    }

    /// How many sets of labels it may have: as many as its labels allow, and `usual` at most where they are names of the
    /// configuration.
    func mostSeries(usual: Int) -> Int {
        labels.reduce(1) { most, label in
            switch label.values {
            case .configured: usual
            // One more for what is none of them.
            case .these(let words):
                min(most.multipliedReportingOverflow(by: words.count + 1).partialValue, bound(usual))
            case .upTo(let number, _): min(most.multipliedReportingOverflow(by: number).partialValue, bound(usual))
            }
        }
    }

    private func bound(_ usual: Int) -> Int {
        let isConfigured = labels.contains { if case .configured = $0.values { true } else { false } }
        return isConfigured ? usual : .max
    }
}
