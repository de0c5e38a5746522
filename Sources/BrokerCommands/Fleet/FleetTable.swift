internal import BrokerAPI
internal import FoundationEssentials

/// A fleet, for a terminal.
struct FleetTable {
    private let answer: FleetResponse
    private let now: Int

    init(_ answer: FleetResponse, now: Date) {
        self.answer = answer
        self.now = Int(exactly: now.timeIntervalSince1970.rounded(.down)) ?? 0
    }

    private static let nodeHeader = ["NODE", "STATE", "VERSION", "UP", "LAST SEEN"]
    private static let planHeader = ["PLAN", "LEADER", "TERM", "ROTATION", "PHASE", "CURRENT", "BEHIND", "VANISHED"]

    var text: String {
        var lines = ["fleet \(escaped(answer.fleet)), seen from \(escaped(answer.node))"]
        if let trouble = answer.trouble { lines.append("no session with etcd: \(escaped(trouble))") }
        lines += [""] + TextTable.lines([Self.nodeHeader] + answer.nodes.map(row))
        if !answer.plans.isEmpty { lines += [""] + TextTable.lines([Self.planHeader] + answer.plans.map(row)) }
        for plan in answer.plans {
            let late = plan.consumers.filter { $0.state != "current" }
            if !late.isEmpty || plan.failure != nil { lines += ["", "\(escaped(plan.name)):"] }
            lines += late.map { "  \(explanation(of: $0))" }
            if let failure = plan.failure { lines.append("  not in use on this machine: \(escaped(failure))") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(_ node: FleetResponse.Node) -> [String] {
        [
            escaped(node.name), escaped(node.state), node.version.map(escaped) ?? "-",
            node.state == "gone" ? "-" : node.since.map { TimeInWords.short(from: $0, to: now) } ?? "-",
            node.lastSeen.map { "\(TimeInWords.short(from: $0, to: now)) ago" } ?? "-",
        ]
    }

    private func row(_ plan: FleetResponse.Plan) -> [String] {
        func count(_ state: String) -> String { "\(plan.consumers.count { $0.state == state })" }
        return [
            escaped(plan.name), plan.leader.map(escaped) ?? "-", plan.term.map { "\($0)" } ?? "-",
            plan.rotation.map(escaped) ?? "-", plan.phase.map(escaped) ?? "-",
            count("current"), count("behind"), count("vanished"),
        ]
    }

    private func explanation(of consumer: FleetResponse.Consumer) -> String {
        let has = consumer.inUse.map { "has the key of rotation \(escaped($0))" } ?? "has said nothing of a key"
        let seen = "last seen \(TimeInWords.short(from: consumer.lastSeen, to: now)) ago"
        let meaning =
            consumer.state == "behind" ? "the old key stays for it" : "the old key is not kept for it any more"
        return "\(escaped(consumer.node)) is \(escaped(consumer.state)): it \(has), \(seen); \(meaning)"
    }

    private func escaped(_ text: String) -> String { TerminalText.escaping(text) }
}
