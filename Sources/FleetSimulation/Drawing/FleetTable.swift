/// The figures of runs, as rows of a Markdown table.
package struct FleetTable: Sendable {
    private var rows: [[String]] = [
        [
            "nodes", "calls at IAM", "calls an hour per profile", "mean/s", "peak/mean after boot: 10 s", "60 s",
            "after outage: 10 s", "60 s",
            "handed out", "refused, no token lived", "refused, a token lived", "events",
        ]
    ]

    package init() {}

    package mutating func add(_ scenario: FleetScenario, _ record: FleetRecord) {
        let boot = [10, 60].map { LoadFigures(record, scenario.afterBoot, window: $0) }
        let outage = [10, 60].map { LoadFigures(record, scenario.afterOutage, window: $0) }
        let hourly = boot[1].map { $0.mean * 3_600 / Double(scenario.lanes) }
        rows.append([
            "\(scenario.nodes)", "\(record.calls)", hourly?.hundredths ?? "", boot[1]?.mean.hundredths ?? "",
            boot[0]?.peakToMean.hundredths ?? "", boot[1]?.peakToMean.hundredths ?? "",
            outage[0]?.peakToMean.hundredths ?? "",
            outage[1]?.peakToMean.hundredths ?? "", "\(record.handedOut)",
            "\(record.refusals - record.refusedWithToken)",
            "\(record.refusedWithToken)", "\(record.events)",
        ])
    }

    package var markdown: String {
        var lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
        lines.insert("|" + String(repeating: "---:|", count: rows[0].count), at: 1)
        return lines.joined(separator: "\n")
    }
}

extension Double {
    /// With two digits after the point.
    package var hundredths: String {
        guard abs(self) < 1e15 else { return "\(self)" }
        let hundredths = Int((abs(self) * 100).rounded())
        let digits = hundredths % 100
        return "\(self < 0 && hundredths > 0 ? "-" : "")\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits)"
    }
}
