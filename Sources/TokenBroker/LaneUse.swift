/// How requests for the token of one profile were served, since the broker started.
package struct LaneUse: Sendable, Equatable {
    /// Requests that found a token to hand over.
    package private(set) var cached: UInt64 = 0
    /// Requests that waited for an exchange.
    package private(set) var waited: UInt64 = 0
    /// Of ``waited`` those that found somebody waiting for the same exchange already.
    package private(set) var joined: UInt64 = 0

    mutating func answered(_ answer: LaneState.Answer) {
        switch answer {
        case .release, .releaseAndRenew: cached &+= 1
        case .wait, .refuse, .locked: break
        }
    }

    mutating func waits(joining: Bool) {
        waited &+= 1
        if joining { joined &+= 1 }
    }
}
