internal import KeyRotation

/// The names of a fleet's keys in etcd.
struct FleetKeys: Sendable {
    let prefix: String

    /// Leased: the nodes whose session lasts.
    var nodes: String { prefix + "nodes/" }
    /// Not leased: when a node was last seen.
    var members: String { prefix + "members/" }
    /// Set by an operator: the node leads nothing, and nobody waits for it.
    var draining: String { prefix + "draining/" }
    /// Leased: which node carries out a plan.
    var leaders: String { prefix + "leaders/" }
    /// State and sealed value of each plan.
    ///
    /// Events are not below it: a reading of all states must not read them.
    var plans: String { prefix + "plans/" }
    /// Sealed acknowledgements.
    var acknowledgements: String { prefix + "acks/" }

    func node(_ node: NodeName) -> String { nodes + node.rawValue }
    func member(_ node: NodeName) -> String { members + node.rawValue }
    func draining(_ node: NodeName) -> String { draining + node.rawValue }
    func leader(_ plan: PlanName) -> String { leaders + plan.rawValue }
    func state(_ plan: PlanName) -> String { "\(plans)\(plan)/state" }
    func sealed(_ plan: PlanName) -> String { "\(plans)\(plan)/sealed" }
    func history(_ plan: PlanName) -> String { "\(prefix)history/\(plan)/" }
    func current(_ plan: PlanName) -> String { "\(prefix)keys/\(plan)/current" }
    func previous(_ plan: PlanName) -> String { "\(prefix)keys/\(plan)/previous" }
    func acknowledgements(_ plan: PlanName) -> String { "\(acknowledgements)\(plan)/" }
    func acknowledgement(_ plan: PlanName, _ node: NodeName) -> String { acknowledgements(plan) + node.rawValue }

    /// An event by the number of its entry, so that their order is that of the keys.
    func event(_ plan: PlanName, _ sequence: Int) -> String {
        let digits = String(sequence)
        return history(plan) + String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }

    /// The part of a key behind a prefix that it has, without further slashes.
    static func name(_ key: String, under prefix: String) -> String? {
        guard key.hasPrefix(prefix) else { return nil }
        let rest = key.dropFirst(prefix.count)
        return rest.contains("/") ? nil : String(rest)
    }
}
