package import BrokerAPI

/// What operators may ask about the fleet, and have done: the daemon's side of the admin socket.
package struct FleetDesk: Sendable {
    package let fleet: @Sendable () async -> FleetReply
    /// What an operator wants of a node, by its name.
    package let demand: @Sendable (FleetDemand, _ node: String) async -> FleetReply

    package init(
        fleet: @escaping @Sendable () async -> FleetReply,
        demand: @escaping @Sendable (FleetDemand, _ node: String) async -> FleetReply
    ) {
        (self.fleet, self.demand) = (fleet, demand)
    }
}

/// What an operator wants to happen to a node.
package enum FleetDemand: String, Sendable, Hashable {
    /// It leads nothing, and nobody waits for it.
    case drain
    /// It takes part again.
    case undrain
    /// It is gone for good.
    case forget
}

/// What comes of it.
package enum FleetReply: Sendable {
    case done(FleetResponse)
    /// There is no such node.
    case unknownNode
    /// The state of things does not allow it: why.
    case refused(String)
    /// It could not be found out, or not be done, now.
    case failed(String)
}
