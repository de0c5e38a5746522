/// The catalogue as people read it: a table for `docs/metrics.md`.
package enum MetricTable {
    /// In Markdown, with a row for each metric.
    package static func markdown(_ families: [MetricFamily]) -> String {
        let head = "| metric | type | unit | labels | meaning |\n|---|---|---|---|---|\n"
        return head
            + families.map { family in
                let labels = family.labels.map(text).joined(separator: "; ")
                return
                    "| `\(family.name)` | \(family.kind.word) | \(family.unit.rawValue) | \(labels) | \(family.help) |\n"
            }
            .joined()
    }

    private static func text(_ label: MetricLabel) -> String {
        switch label.values {
        case .these(let words): "`\(label.name)`: \(words.map { "`\($0)`" }.joined(separator: ", "))"
        case .configured(let things): "`\(label.name)`: the configured \(things)"
        case .upTo(let most, let things): "`\(label.name)`: \(things), \(most) at most"
        }
    }
}
