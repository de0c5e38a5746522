/// What etcd is to a fleet: one row of writes, one of events, and a time when it is away.
struct ModelledEtcd: Sendable {
    private let scenario: RotationScenario
    private var writesUntil = VirtualTime.start
    private var eventsUntil = VirtualTime.start
    /// When it is away.
    private var away: Range<VirtualTime>?
    private(set) var writes: [UInt32]
    /// The number of the term that may write, and who has it.
    private(set) var term: (number: Int64, node: Int)?
    private var lastTerm: Int64 = 0

    init(_ scenario: RotationScenario) {
        self.scenario = scenario
        writes = Array(repeating: 0, count: Int(scenario.length.rounded(.up)))
    }

    mutating func goAway(from now: VirtualTime, for seconds: Double) {
        away = seconds > 0 ? now..<now.after(seconds) : nil
    }

    func isAway(_ now: VirtualTime) -> Bool { away?.contains(now) ?? false }

    /// A write that arrives now.
    ///
    /// - Returns: when it is done, after those that came before; `nil` when etcd is away.
    mutating func write(at now: VirtualTime) -> VirtualTime? {
        guard !isAway(now) else { return nil }
        if now.second < writes.count { writes[now.second] += 1 }
        writesUntil = max(writesUntil, now).after(1 / scenario.etcdWritesPerSecond)
        return writesUntil.after(Self.latency)
    }

    /// An event for somebody who watches: when it is there.
    mutating func event(at now: VirtualTime) -> VirtualTime {
        eventsUntil = max(eventsUntil, now).after(1 / scenario.etcdEventsPerSecond)
        return eventsUntil.after(Self.latency)
    }

    /// Gives a node the next term.
    mutating func begin(_ node: Int) -> Int64 {
        lastTerm += 1
        term = (lastTerm, node)
        return lastTerm
    }

    private static let latency = 0.005
}
