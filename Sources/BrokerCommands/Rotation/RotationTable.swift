internal import BrokerAPI
internal import FoundationEssentials

/// Where plans stand, for a terminal.
struct RotationTable {
    private let plans: [RotationsResponse.Plan]
    private let now: Int

    init(_ answer: RotationsResponse, now: Date) {
        plans = answer.rotations
        self.now = Int(exactly: now.timeIntervalSince1970.rounded(.down)) ?? 0
    }

    private static let header = ["PLAN", "KIND", "STATE", "KEY", "AGE", "NEXT"]

    var text: String {
        guard !plans.isEmpty else { return "no plan is configured\n" }
        var lines = TextTable.lines([Self.header] + plans.map(row))
        for plan in plans {
            let details = details(plan)
            if !details.isEmpty { lines += ["", "\(TerminalText.escaping(plan.name)):"] + details.map { "  \($0)" } }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(_ plan: RotationsResponse.Plan) -> [String] {
        let age = plan.key.map { key in
            let age = TimeInWords.short(from: key.createdAt, to: now)
            return plan.maximumAge.map { "\(age) of \(TimeInWords.short(seconds: $0))" } ?? age
        }
        return [
            TerminalText.escaping(plan.name), TerminalText.escaping(plan.kind), TerminalText.escaping(plan.state),
            plan.key.map { Self.shortened($0.id) } ?? "-", age ?? "-",
            plan.nextAt.map { "in \(TimeInWords.short(from: now, to: max(now, $0)))" } ?? "-",
        ]
    }

    private func details(_ plan: RotationsResponse.Plan) -> [String] {
        var lines: [String] = []
        if let rotation = plan.rotation { lines += self.rotation(rotation) }
        if let reason = plan.reason { lines.append("\(TerminalText.escaping(plan.state)): \(masked(reason))") }
        if let failure = plan.lastFailure {
            lines.append("failed \(plan.failures) times since the last success, the last because \(masked(failure))")
        }
        return lines
    }

    private func rotation(_ rotation: RotationsResponse.Rotation) -> [String] {
        let id = TerminalText.escaping(rotation.id)
        var lines = [
            "rotation \(id), begun \(TimeInWords.short(from: rotation.startedAt, to: now)) ago", bar(rotation),
        ]
        if let new = rotation.newKey { lines.append("new key: \(TerminalText.escaping(new))") }
        if let old = rotation.oldKey { lines.append("old key: \(TerminalText.escaping(old))") }
        if !rotation.missing.isEmpty {
            lines.append("not acknowledged: \(rotation.missing.map(TerminalText.escaping).joined(separator: ", "))")
        }
        if let fault = rotation.lastFault {
            let attempts = rotation.attempts > 0 ? " (\(rotation.attempts) attempts)" : ""
            lines.append("last problem\(attempts): \(masked(fault))")
        }
        return lines
    }

    /// `[### ### ### ### #>- --- ---] overlap, 14h 0m left`: a group a phase.
    private func bar(_ rotation: RotationsResponse.Rotation) -> String {
        let groups = rotation.phases.map { phase in
            switch phase.state {
            case "done": "###"
            case "now": "#>-"
            default: "---"
            }
        }
        let left = rotation.until.map { $0 > now ? ", \(TimeInWords.short(from: now, to: $0)) left" : "" } ?? ""
        return "[\(groups.joined(separator: " "))] \(TerminalText.escaping(rotation.phase))\(left)"
    }

    private func masked(_ text: String) -> String { TerminalText.escaping(TokenMask.masking(text)) }

    /// CRNs are longer than a terminal is wide; their end tells them apart.
    static func shortened(_ id: String) -> String {
        let text = TerminalText.escaping(id)
        // The last group of a UUID.
        return text.count > 13 ? "…\(text.suffix(12))" : text
    }
}
