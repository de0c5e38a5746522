internal import BrokerAPI

/// An explanation as an operator reads it: the answer first, then what was seen, then what was asked for.
struct ExplanationText {
    private let answer: ExplainResponse

    init(_ answer: ExplainResponse) {
        self.answer = answer
    }

    var text: String {
        var lines = [headline, Self.clean(answer.message)]
        lines += occurrence
        if !answer.workload.isEmpty { lines += ["", "seen of the process"] + answer.workload.map(line) }
        for denial in answer.denials { lines += ["", "denial \(title(denial))"] + patterns(denial) }
        lines += grants
        lines += ["", policy]
        return lines.joined(separator: "\n") + "\n"
    }

    private var headline: String {
        let word =
            switch answer.decision {
            case "permit": "PERMIT"
            case "observe": "WOULD DENY"
            default: "DENY"
            }
        let profile = answer.profile.map { "  profile \(Self.clean($0))" } ?? ""
        return word + profile + (value("pid").map { ", pid \($0)" } ?? "") + (value("uid").map { ", uid \($0)" } ?? "")
    }

    private var occurrence: [String] {
        guard let id = answer.id, let count = answer.count else { return [] }
        return ["decision \(Self.clean(id)), taken \(count == 1 ? "once" : "\(count) times")"]
    }

    private var grants: [String] {
        guard let nearest = answer.grants.first else {
            return answer.workload.isEmpty ? [] : ["", "no grant names this profile"]
        }
        var lines = ["", answer.decision == "permit" ? "grant \(title(nearest))" : "nearest grant \(title(nearest))"]
        if !nearest.holdsNow { lines.append("  does not hold at this time") }
        lines += patterns(nearest)
        let others = answer.grants.dropFirst().map { Self.clean($0.name) }
        if !others.isEmpty { lines += ["", "farther away: \(others.joined(separator: ", "))"] }
        return lines
    }

    private var policy: String {
        guard let decided = answer.decidedByPolicy else { return "policy \(answer.policy)" }
        return "policy \(answer.policy); the decision was taken by policy \(decided), which is not kept any more"
    }

    private func title(_ subject: ExplainResponse.Subject) -> String {
        let place = subject.place.isEmpty ? "" : " (\(Self.clean(subject.place)))"
        return "'\(Self.clean(subject.name))'\(place)" + (subject.mode == "observe" ? ", only observes" : "")
    }

    private func patterns(_ subject: ExplainResponse.Subject) -> [String] {
        guard subject.patterns.contains(where: { !$0.selectors.isEmpty }) else { return ["  names nobody"] }
        return Array(subject.patterns.map { $0.selectors.map(line) }.joined(separator: ["  or"]))
    }

    private func line(_ fact: ExplainResponse.Fact) -> String {
        let value = fact.value.flatMap { $0.isEmpty ? nil : $0 }
        let text = value ?? fact.unknown.map { "unknown: \($0)" } ?? "none"
        return "  \(Self.padded(fact.name)) \(Self.clean(text))"
    }

    private func line(_ selector: ExplainResponse.Selector) -> String {
        let wanted = "  \(Self.padded(selector.name)) \(Self.clean(selector.wanted))"
        switch selector.result {
        case "same": return wanted + "  ok"
        case "different": return wanted + "  NO: " + (seen(selector.name) ?? "it is another")
        default: return wanted + "  NOT KNOWN"
        }
    }

    /// What the process has in place of what a selector asks for.
    private func seen(_ selector: String) -> String? {
        let fact =
            switch selector {
            case "user": "uid"
            case "group": "groups"
            case "login_user": "login_uid"
            default: selector
            }
        guard let found = answer.workload.first(where: { $0.name == fact }) else { return nil }
        return found.value.map { "it is \(Self.clean($0))" } ?? "it has none"
    }

    private func value(_ name: String) -> String? {
        answer.workload.first { $0.name == name }?.value.map(Self.clean)
    }

    private static func padded(_ name: String) -> String {
        clean(name) + String(repeating: " ", count: max(0, 11 - name.count))
    }

    private static func clean(_ text: String) -> String { TerminalText.escaping(text) }
}
