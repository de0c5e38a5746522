/// The charts of a run.
package enum FleetCharts {
    /// Calls at IAM: what the whole fleet does to one service.
    package static func calls(_ record: FleetRecord, _ scenario: FleetScenario) -> Chart {
        let rates = record.rates(0..<scenario.length, window: window)
        let calm = LoadFigures(record, scenario.afterBoot, window: window)
        let points = rates.enumerated().map { (x: (Double($0) + 0.5) * Double(window) / 3_600, y: $1) }
        let mean = calm?.mean ?? 0
        return Chart(
            title: "Calls a second at IAM, \(scenario.nodes) nodes, \(scenario.profiles) profiles each",
            unit: "calls a second, in windows of \(window) s; cut off above",
            length: scenario.length / 3_600,
            top: round(up: max(mean * 3, 1e-3)),
            lines: [Chart.Line(name: "calls", colour: 0, points: points)],
            marks: [Chart.Mark(name: "1.2 × mean", y: mean * 1.2)],
            span: span(scenario)
        )
    }

    /// What is left of tokens, and how old the oldest is.
    package static func tokens(_ record: FleetRecord, _ scenario: FleetScenario) -> Chart {
        func line(_ name: String, _ colour: Int, _ value: (FleetRecord.Sample) -> Double?) -> Chart.Line {
            Chart.Line(
                name: name,
                colour: colour,
                points: record.samples.compactMap { sample in
                    value(sample).map { (x: Double(sample.second) / 3_600, y: $0) }
                }
            )
        }
        return Chart(
            title: "Tokens, \(scenario.nodes) nodes, \(scenario.profiles) profiles each",
            unit: "minutes; percent",
            length: scenario.length / 3_600,
            top: 80,
            lines: [
                line("age of the oldest token that lives", 0) { $0.oldest.map { $0 / 60 } },
                line("mean life that is left", 2) { $0.mean.map { $0 / 60 } },
                line("profiles without a token, in percent", 1) { $0.without * 100 },
            ],
            span: span(scenario)
        )
    }

    /// Questions of workloads that got no token.
    package static func refusals(_ record: FleetRecord, _ scenario: FleetScenario) -> Chart {
        let points = record.refused.enumerated().map { (x: (Double($0) + 0.5) / 60, y: Double($1) / 60) }
        return Chart(
            title: "Questions refused, \(scenario.nodes) nodes: no token lived (with one: \(record.refusedWithToken))",
            unit: "refusals a second, in windows of 60 s",
            length: scenario.length / 3_600,
            top: round(up: max(points.map(\.y).max() ?? 0, 1e-3)),
            lines: [Chart.Line(name: "refused", colour: 1, points: points)],
            span: span(scenario)
        )
    }

    /// Acknowledgements of a new key.
    package static func acknowledgements(_ record: RotationRecord, _ scenario: RotationScenario) -> Chart {
        let end = max(record.finishedAt ?? scenario.length, 1)
        let seconds = record.acknowledged.prefix(Int(end) + 1)
        // Where nothing changes, nothing is drawn.
        let points = seconds.enumerated()
            .filter { index, count in
                index == 0 || index == seconds.count - 1 || count != seconds[index - 1] || count != seconds[index + 1]
            }
            .map { (x: Double($0 + 1) / 3_600, y: Double($1) / Double(scenario.nodes) * 100) }
        let away = record.publishedAt.map { ($0 + 2) / 3_600..<($0 + 2 + scenario.etcdAway) / 3_600 }
        return Chart(
            title: "A new key reaches \(scenario.nodes) nodes",
            unit: "percent of the nodes that have acknowledged it",
            length: end / 3_600,
            top: 100,
            lines: [Chart.Line(name: "acknowledged", colour: 2, points: points)],
            span: away.map { ("etcd away", $0) },
            axis: ("minutes since the rotation began", 60)
        )
    }

    private static func span(_ scenario: FleetScenario) -> (name: String, hours: Range<Double>)? {
        guard !scenario.outage.isEmpty else { return nil }
        return ("IAM out", scenario.outage.lowerBound / 3_600..<scenario.outage.upperBound / 3_600)
    }

    /// A number for the end of an axis that is not below `value`: 1, 2, 4 or 8 times a power of ten.
    private static func round(up value: Double) -> Double {
        var power = 1e-6
        while power * 8 < value { power *= 10 }
        return [1, 2, 4, 8].map { $0 * power }.first { $0 >= value } ?? value
    }

    private static let window = 60
}
