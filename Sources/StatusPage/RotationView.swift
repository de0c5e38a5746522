internal import BrokerAPI

/// Where the rotation of one plan stands.
struct RotationView {
    private let plan: RotationsResponse.Plan
    private let now: Int

    init(_ plan: RotationsResponse.Plan, now: Int) { (self.plan, self.now) = (plan, now) }

    var values: [String: PageValue] {
        [
            "name": .text(plan.name), "kind": .text(plan.kind), "profile": .text(plan.profile),
            "state": .text(plan.state), "reason": .optional(plan.reason),
            "facts": .list(facts.map { ["name": .text($0), "value": .text($1)] }),
            "isRotating": .flag(plan.rotation != nil),
            "phases": .list((plan.rotation?.phases ?? []).map(phase)),
        ]
    }

    private var facts: [(String, String)] {
        var facts: [(String, String)] = []
        if let key = plan.key {
            facts.append(("Key", "\(key.id), made \(PageTime.ago(key.createdAt, now: now))"))
        }
        if let next = plan.nextAt { facts.append(("Next rotation", PageTime.ahead(next, now: now))) }
        if let last = plan.lastSuccess { facts.append(("Last rotation", PageTime.ago(last, now: now))) }
        if let rotation = plan.rotation {
            facts.append(("In this phase", "for " + PageTime.span(from: rotation.since, to: now)))
            if let until = rotation.until { facts.append(("Next step", PageTime.ahead(until, now: now))) }
            if let fault = rotation.lastFault { facts.append(("Last fault", fault)) }
            if !rotation.missing.isEmpty {
                facts.append(("Not acknowledged by", rotation.missing.joined(separator: ", ")))
            }
        }
        if plan.failures > 0 {
            facts.append(("Failed since", "\(plan.failures)" + (plan.lastFailure.map { ": \($0)" } ?? "")))
        }
        return facts
    }

    private func phase(_ phase: RotationsResponse.Phase) -> [String: PageValue] {
        [
            "name": .text(phase.name), "state": .text(phase.state), "isNow": .flag(phase.state == "now"),
        ]
    }
}
