import BrokerMetrics
import Testing

/// Expressions of Prometheus in documents, held against the catalogue of metrics.
enum MetricExpression {
    /// Whether all metrics of the expression are there, with the labels and words that it asks for.
    @discardableResult
    static func expectKnown(_ expression: String) -> Set<String> {
        var names: Set<String> = []
        for match in expression.matches(of: /((?:iam_broker|process)_[a-z0-9_]+|up)(?:\{([^}]*)\})?/) {
            if match.1 == "up" || match.1.hasPrefix("up_") { continue }
            guard let family = family(String(match.1)) else {
                Issue.record("\(match.1) is not in the catalogue")
                continue
            }
            names.insert(family.name)
            for matcher in (match.2 ?? "").matches(of: /([a-z_]+)(?:=|!=|=~|!~)"([^"]*)"/) {
                expectKnown(String(matcher.1), String(matcher.2), of: family)
            }
        }
        #expect(!names.isEmpty || expression.contains("up{"), "no metric in \(expression)")
        return names
    }

    private static func family(_ name: String) -> MetricFamily? {
        MetricCatalogue.all.first { family in
            guard case .histogram = family.kind else { return family.name == name }
            return ["_bucket", "_sum", "_count"].contains { family.name + $0 == name }
        }
    }

    private static func expectKnown(_ label: String, _ value: String, of family: MetricFamily) {
        // What Prometheus adds, and what Grafana puts in.
        if ["job", "instance"].contains(label) { return }
        guard let known = family.labels.first(where: { $0.name == label }) else {
            Issue.record("\(family.name) has no label \(label)")
            return
        }
        guard case .these(let words) = known.values, !value.contains("$") else { return }
        for word in value.split(separator: "|") {
            #expect(words.contains(String(word)), "\(label) of \(family.name) is never \(word)")
        }
    }
}
