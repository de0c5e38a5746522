/// The nodes that consume a key, and what etcd has of their acknowledgements.
struct FleetConsumers: Sendable {
    private let scenario: RotationScenario
    /// Whether the new key is in use on a node.
    private var inUse: [Bool]
    private var hasAcknowledged: [Bool]
    /// Until when a node is off, since the key was published; infinite for ever.
    private let awayFor: [Double]
    private(set) var acknowledgements = 0
    /// Nodes that never come back.
    private let vanished: Int
    private(set) var notWaitedFor = 0

    init(_ scenario: RotationScenario, _ random: inout SeededGenerator) {
        self.scenario = scenario
        inUse = Array(repeating: false, count: scenario.nodes)
        hasAcknowledged = inUse
        var awayFor: [Double] = []
        awayFor.reserveCapacity(scenario.nodes)
        for _ in 0..<scenario.nodes {
            let (draw, length) = (random.draw(), random.draw() * scenario.away)
            if draw < scenario.shareVanished {
                awayFor.append(.infinity)
            } else {
                awayFor.append(draw < scenario.shareVanished + scenario.shareAway ? length : 0)
            }
        }
        self.awayFor = awayFor
        vanished = awayFor.count { $0 == .infinity }
    }

    /// How long after the publication the node can take it; `nil` for never.
    func absence(_ node: Int) -> Double? { awayFor[node] == .infinity ? nil : awayFor[node] }

    mutating func use(_ node: Int) { inUse[node] = true }

    mutating func acknowledged(_ node: Int) {
        guard !hasAcknowledged[node] else { return }
        hasAcknowledged[node] = true
        acknowledgements += 1
    }

    /// Whether all have acknowledged that are waited for.
    ///
    /// - Parameter sincePublished: in seconds; nodes that were not seen for longer than the grace do not count.
    /// - Returns: `true` when the old key may go.
    mutating func areComplete(sincePublished: Double) -> Bool {
        guard acknowledgements < scenario.nodes else { return true }
        guard sincePublished > scenario.grace else { return false }
        // Those who come back later than the grace take the key when they do, before they use any.
        let late = awayFor.indices.count { !hasAcknowledged[$0] && awayFor[$0] > sincePublished }
        guard acknowledgements + late == scenario.nodes else { return false }
        notWaitedFor = late
        return true
    }

    /// Nodes that run, and have the old key.
    func without(sincePublished: Double) -> Int {
        awayFor.indices.count { !inUse[$0] && awayFor[$0] + Self.start <= sincePublished }
    }

    /// What a node may take from its start until it has the key, in seconds.
    private static let start = 60.0
}
