/// Writes the text format of Prometheus, version 0.0.4 (prometheus.io, "Exposition formats").
struct PrometheusText {
    private(set) var text = ""

    mutating func add(_ family: MetricFamily, _ samples: [(labels: [String], value: MetricValue)]) {
        text += "# HELP \(family.name) \(Self.escaped(family.help))\n# TYPE \(family.name) \(family.kind.word)\n"
        for (labels, value) in samples {
            let pairs = zip(family.labels.map(\.name), labels).map { ($0, $1) }
            switch value {
            case .number(let number): line(family.name, pairs, number)
            case .histogram(let histogram): lines(family.name, pairs, histogram)
            }
        }
    }

    /// Each bucket counts what is not larger than its bound, so the smaller ones count again.
    private mutating func lines(
        _ name: String,
        _ labels: [(String, String)],
        _ histogram: MetricValue.Histogram
    ) {
        var count: UInt64 = 0
        for (bound, more) in zip(histogram.bounds + [.infinity], histogram.counts) {
            count &+= more
            line(name + "_bucket", labels + [("le", Self.number(bound))], Double(count))
        }
        line(name + "_sum", labels, histogram.sum)
        line(name + "_count", labels, Double(count))
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// Values are written as Go reads them.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // Above that not every whole number is one.
        if abs(value) < 0x1p53, let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    static func escaped(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
