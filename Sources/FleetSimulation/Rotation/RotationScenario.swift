/// A rotation of one key that a fleet consumes, and what happens meanwhile.
package struct RotationScenario: Sendable, Hashable {
    package var nodes: Int
    package var seed: UInt64 = 1
    /// The share of nodes that are switched off when the key is published, and come back within ``away``.
    package var shareAway = 0.01
    /// In seconds.
    package var away: Double = 1_200
    /// The share of nodes that are off and never come back: they count until they were not seen for ``grace``.
    package var shareVanished = 0.001
    /// In seconds.
    package var grace: Double = 900
    /// How long a lease lasts without being kept alive, in seconds.
    package var lease: Double = 15
    /// The first leader dies when the new key was made and its answer is on the way.
    package var leaderDies = true
    /// The leader stands still for so long before it writes down that it has published the key, in seconds; 0 for not at all.
    package var leaderStandsStill: Double = 180
    /// How long etcd is away after the key is published, in seconds.
    package var etcdAway: Double = 120
    /// How many writes etcd takes a second, and how many events it sends to those who watch.
    package var etcdWritesPerSecond: Double = 5_000
    package var etcdEventsPerSecond: Double = 20_000
    /// How long both keys work, and how long the old one is disabled, in seconds.
    package var overlap: Double = 600
    package var disabled: Double = 600
    /// When the run ends, in seconds.
    package var length: Double = 4 * 3_600

    package init(nodes: Int) {
        self.nodes = nodes
    }
}
