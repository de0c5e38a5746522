/// What a fleet is, and what happens to it.
package struct FleetScenario: Sendable, Hashable {
    package var nodes: Int
    /// Profiles of each node, all with `prefetch`.
    package var profiles = 4
    package var seed: UInt64 = 1
    /// How long it is watched, in seconds.
    ///
    /// All nodes boot at 0, at the same microsecond.
    package var length: Double = 6 * 3_600
    /// When IAM answers nothing but 503, in seconds; empty for never.
    package var outage: Range<Double> = 10_800..<12_600
    /// How many calls a second IAM takes, of all nodes together; the others are told 429.
    package var iamCallsPerSecond: Double = 2_000
    /// What a 429 of IAM says in `Retry-After`, in seconds; `nil` for nothing.
    package var retryAfter: Double? = 30
    /// `exp - iat` of IAM's tokens, in seconds.
    package var tokenLife: Double = 3_600
    /// The mean time between two questions of a workload for the token of one profile, in seconds.
    package var askEvery: Double = 300

    package init(nodes: Int) {
        self.nodes = nodes
    }

    package var lanes: Int { nodes * profiles }

    /// How long after a disturbance the load must be flat, in seconds.
    package static let calm: Double = 600

    /// The time from ten minutes after the boot to the outage.
    package var afterBoot: Range<Double> { Self.calm..<max(Self.calm, outage.isEmpty ? length : outage.lowerBound) }

    /// The time from ten minutes after the outage; empty without one.
    package var afterOutage: Range<Double> {
        outage.isEmpty ? 0..<0 : min(length, outage.upperBound + Self.calm)..<length
    }
}
