package import FoundationEssentials

/// Where the nodes of a fleet say which key of a plan they have in use.
package protocol ConsumerBoard: Sendable {
    /// The nodes that consume the plan's key, those that have vanished included, by their names.
    func consumers(of plan: PlanName) async throws(JournalError) -> [KeyConsumer]

    /// This node has the key of this rotation in use; saying it again changes nothing but when it was seen.
    ///
    /// Before a node takes another key it says `nil`: from then on what it said before is not believed, also when it is cut off before it can say more.
    func acknowledge(_ rotation: RotationID?, of plan: PlanName, now: Date) async throws(JournalError)

    /// This node does not consume the plan's key any more.
    func withdraw(from plan: PlanName) async throws(JournalError)
}

/// A node that consumes the key of a plan.
package struct KeyConsumer: Sendable, Hashable {
    package let node: NodeName
    /// The rotation whose key it has in use; `nil` when it has said nothing that can be believed.
    package let inUse: RotationID?
    /// Since when, by the node's own clock.
    package let since: Date?
    /// When the node was last known to run, by its own clock.
    package let lastSeen: Date
    /// Whether its session lasts.
    package let isLive: Bool

    package init(node: NodeName, inUse: RotationID?, since: Date?, lastSeen: Date, isLive: Bool) {
        (self.node, self.inUse, self.since) = (node, inUse, since)
        (self.lastSeen, self.isLive) = (lastSeen, isLive)
    }
}
