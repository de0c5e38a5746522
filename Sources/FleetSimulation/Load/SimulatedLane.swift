internal import TokenBroker

/// One profile of one node: what decides in the daemon, and what the run knows of it.
struct SimulatedLane: Sendable {
    var state = LaneState(prefetch: true)
    /// Which planned look is the one that counts.
    var plan: UInt32 = 0
    /// A workload waits for the flight under way.
    var isAwaited = false
    /// The `iat` of a token that arrived and cannot be verified yet, for want of keys.
    var unverified: Int?
}

/// What the profiles of one node share.
struct SimulatedNode: Sendable {
    var schedule = KeySetSchedule()
    var hasKeys = false
    var isFetching = false
    var plan: UInt32 = 0
}
