internal import BrokerAPI

/// The machines of the fleet, and who has which key.
struct FleetView {
    private let fleet: FleetResponse
    private let now: Int

    init(_ fleet: FleetResponse, now: Int) { (self.fleet, self.now) = (fleet, now) }

    var values: [String: PageValue] {
        [
            "fleetTitle": .text("Fleet \(fleet.fleet)"), "fleetNode": .text(fleet.node),
            "fleetTrouble": .optional(fleet.trouble),
            "nodes": .list(fleet.nodes.map(node)), "fleetPlans": .list(fleet.plans.map(plan)),
            "hasFleetPlans": .flag(!fleet.plans.isEmpty),
        ]
    }

    private func node(_ node: FleetResponse.Node) -> [String: PageValue] {
        let isUp = node.state != "gone"
        return [
            "name": .text(node.name), "state": .text(node.state), "version": .text(node.version ?? "–"),
            "up": .text(isUp ? node.since.map { PageTime.span(from: $0, to: now) } ?? "–" : "–"),
            "seen": .text(node.lastSeen.map { PageTime.ago($0, now: now) } ?? "–"),
        ]
    }

    private func plan(_ plan: FleetResponse.Plan) -> [String: PageValue] {
        func names(_ state: String) -> [String] { plan.consumers.filter { $0.state == state }.map(\.node) }
        return [
            "name": .text(plan.name), "leader": .text(plan.leader ?? "–"),
            "term": .text(plan.term.map(String.init) ?? "–"), "phase": .text(plan.phase ?? "–"),
            "current": .text("\(names("current").count)"), "behind": .text(Self.list(names("behind"))),
            "vanished": .text(Self.list(names("vanished"))),
        ]
    }

    /// As many names as fit in a cell.
    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "–" }
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }
}
