/// The figures of rotations, as rows of a Markdown table.
package struct RotationTable: Sendable {
    private var rows: [[String]] = [
        [
            "nodes", "acknowledged by all after", "old key disabled", "deleted", "leaders", "late writes refused",
            "keys made", "keys left",
            "nodes that ran without a key", "not waited for", "most etcd writes/s",
        ]
    ]

    package init() {}

    package mutating func add(_ scenario: RotationScenario, _ record: RotationRecord) {
        func since(_ time: Double?) -> String {
            guard let time, let publishedAt = record.publishedAt else { return "never" }
            return "\((time - publishedAt).hundredths) s"
        }
        rows.append([
            "\(scenario.nodes)", since(record.completeAt), since(record.disabledAt), since(record.deletedAt),
            "\(record.terms)",
            "\(record.lateWritesRefused)", "\(record.keysMade)", "\(record.keysLeft)", "\(record.nodesWithoutKey)",
            "\(record.notWaitedFor)", "\(record.etcdPeak)",
        ])
    }

    package var markdown: String {
        var lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
        lines.insert("|" + String(repeating: "---:|", count: rows[0].count), at: 1)
        return lines.joined(separator: "\n")
    }
}
