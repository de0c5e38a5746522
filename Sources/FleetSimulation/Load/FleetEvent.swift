/// What happens in a fleet.
///
/// Lanes and nodes are told by their numbers.
enum FleetEvent: Sendable {
    case boot(node: Int32)
    /// The broker looks at a lane, unless it has looked since that was planned.
    case look(lane: Int32, plan: UInt32)
    /// The request for a token arrives at IAM, and its answer at the node.
    case exchange(lane: Int32)
    case land(lane: Int32, ModelledIAM.Answer)
    /// The same for the key set.
    case lookAtKeys(node: Int32, plan: UInt32)
    case fetch(node: Int32)
    case landKeys(node: Int32, ModelledIAM.Answer)
    /// A workload asks for the token of a lane.
    case ask(lane: Int32)
    /// It does not wait any longer for the flight of this number.
    case patience(lane: Int32, flight: UInt64)
    case sample
}
