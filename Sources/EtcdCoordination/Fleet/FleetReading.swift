package import FoundationEssentials
package import KeyRotation

/// A fleet as it is read at one time.
package struct FleetReading: Sendable {
    package struct Node: Sendable, Hashable {
        package let name: NodeName
        /// Of the daemon; `nil` when it is not known.
        package let version: String?
        /// Whether its session lasts.
        package let isLive: Bool
        /// Since when its session lasts, by its own clock.
        package let since: Date?
        /// When it was last known to run, by its own clock; `nil` when that is not known.
        package let lastSeen: Date?
        package let isDraining: Bool
    }

    package struct Plan: Sendable, Hashable {
        package let name: PlanName
        package let leader: NodeName?
        /// The fencing token of the leader's term.
        package let term: Int64?
        /// Those that are drained included.
        package let consumers: [KeyConsumer]
    }

    package let nodes: [Node]
    package let plans: [Plan]
}
