/// What one scrape found, in a bounded number of series.
package struct MetricCollection {
    private let mostSeries: Int
    private var samples: [String: MetricSamples<MetricValue>] = [:]
    private(set) var unknown: UInt64 = 0
    private var foldedBefore: [String: UInt64] = [:]

    init(mostSeries: Int) { self.mostSeries = mostSeries }

    /// Adds a value; `labels` are in the order of the catalogue.
    package mutating func add(_ family: MetricFamily, _ labels: String..., value: Double) {
        add(family, labels, .number(value))
    }

    /// Adds 1 for the state that something is in, and 0 for all others that it could be in.
    ///
    /// The state is the last label; one that the catalogue does not name counts as ``MetricLabel/other``.
    package mutating func add(_ family: MetricFamily, _ labels: String..., state: String) {
        guard let label = family.labels.last, case .these(let states) = label.values else {
            unknown &+= 1
            return
        }
        for known in states { add(family, labels + [known], .number(known == state ? 1 : 0)) }
        if !states.contains(state) { add(family, labels + [state], .number(1)) }
    }

    mutating func add(_ family: MetricFamily, _ labels: [String], _ value: MetricValue) {
        guard labels.count == family.labels.count else {
            unknown &+= 1
            return
        }
        let most = family.mostSeries(usual: mostSeries)
        guard case .at(let key) = samples[family.name, default: .init()].place(labels, of: family, most: most) else {
            return
        }
        let before = samples[family.name]?[key]
        samples[family.name]?[key] = before?.joined(with: value, family.kind) ?? value
    }

    /// What did not find room when it was recorded.
    mutating func fold(_ name: String, _ count: UInt64) { foldedBefore[name, default: 0] &+= count }

    /// How often there was no room, by metric.
    var folded: [String: UInt64] {
        samples.mapValues(\.folded).merging(foldedBefore, uniquingKeysWith: &+)
    }

    /// The text format of Prometheus, version 0.0.4, of what was found of these metrics.
    func text(_ families: [MetricFamily]) -> String {
        var text = PrometheusText()
        for family in families {
            guard let found = samples[family.name]?.values, !found.isEmpty else { continue }
            let sorted = found.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            text.add(family, sorted.map { (labels: $0.key, value: $0.value) })
        }
        return text.text
    }
}
