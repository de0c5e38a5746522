internal import FoundationEssentials
internal import KeyRotation
internal import TokenBroker

/// One rotation of a key of a whole fleet in virtual time: the real ``RotationMachine``, with a modelled service, a modelled etcd, and
/// nodes that take the key and say so.
///
/// A leader's state is what its journal has. Every entry is a write to etcd under the condition that its term is the last one.
package struct RotationRun: Sendable {
    enum Event: Sendable {
        /// This node may begin to lead.
        case elect(node: Int)
        case step(term: Int64)
        case answered(term: Int64, IssuerStep, IssuerAnswer)
        case published(term: Int64, sink: String, SinkStep)
        /// The new key reaches a node, and is in use there.
        case receive(node: Int32)
        case use(node: Int32)
        /// An attempt of a node to acknowledge, and its success.
        case acknowledge(node: Int32, failures: Int32)
        case acknowledged(node: Int32)
        case count
    }

    let scenario: RotationScenario
    let machine: RotationMachine
    var random: SeededGenerator
    var queue: EventQueue<Event>
    var now = VirtualTime.start
    var etcd: ModelledEtcd
    var issuer: ModelledIssuer
    var record = RotationRecord()
    /// The last entry of the journal, and what the leader of each term believes it is.
    var journal: RotationState
    var states: [Int64: RotationState] = [:]
    var consumers: FleetConsumers
    /// The leader that does not answer, until when.
    var still: (term: Int64, until: VirtualTime)?
    var dead: Set<Int64> = []
    var isPublished = false

    package init(_ scenario: RotationScenario) throws {
        guard scenario.nodes > 0, (1...1e6).contains(scenario.length), let plan = PlanName(rawValue: "fleet") else {
            throw SimulationError("a fleet has one node at least, and is watched for a second at least")
        }
        self.scenario = scenario
        machine = RotationMachine(Self.rules(scenario, plan))
        random = SeededGenerator(seed: scenario.seed ^ 0xF1EE7)
        queue = EventQueue(end: VirtualTime(seconds: scenario.length))
        etcd = ModelledEtcd(scenario)
        issuer = ModelledIssuer(now: .start)
        journal = RotationState(plan: plan, firstSeen: VirtualTime.start.wall)
        consumers = FleetConsumers(scenario, &random)
    }

    private static func rules(_ scenario: RotationScenario, _ plan: PlanName) -> RotationRules {
        var pacing = RotationPacing()
        (pacing.overlap, pacing.disabled) = (scenario.overlap, scenario.disabled)
        return RotationRules(
            plan: plan,
            traits: KeyTraits(
                recognition: .byName,
                hasValue: true,
                takesOwnValue: false,
                tellsActivity: false,
                canDisable: true,
                canDelete: true,
                isSingular: false
            ),
            sinks: [Self.publication],
            acknowledgers: [Self.fleet],
            replaces: ModelledIssuer.old,
            pacing: pacing,
            limits: RotationLimits(),
            // One rotation, at once.
            calendar: RotationCalendar(
                due: { state, now in state.lastStart == nil ? now : nil },
                start: { $0 },
                change: { $0 }
            )
        )
    }

    /// Plays it to its end.
    package mutating func play() -> RotationRecord {
        queue.schedule(.elect(node: 0), at: .start)
        queue.schedule(.count, at: VirtualTime(seconds: 1))
        while record.finishedAt == nil, record.halted == nil, let (time, event) = queue.next() {
            now = time
            record.events += 1
            carryOut(event)
        }
        (record.keysMade, record.keysLeft) = (issuer.made, issuer.keys.count)
        record.notWaitedFor = consumers.notWaitedFor
        record.etcdWrites = etcd.writes.reduce(0) { $0 + UInt64($1) }
        record.etcdPeak = etcd.writes.max() ?? 0
        return record
    }

    private mutating func carryOut(_ event: Event) {
        switch event {
        case .elect(let node): lead(node)
        case .step(let term): if isThere(term, else: event) { step(term) }
        case .answered(let term, let step, let answer): if isThere(term, else: event) { answered(term, step, answer) }
        case .published(let term, let sink, let step): if isThere(term, else: event) { published(term, sink, step) }
        case .receive(let node): receive(Int(node))
        case .use(let node): use(Int(node))
        case .acknowledge(let node, let failures): acknowledge(Int(node), failures: Int(failures))
        case .acknowledged(let node): consumers.acknowledged(Int(node))
        case .count:
            record.acknowledged.append(UInt32(consumers.acknowledgements))
            queue.schedule(.count, at: now.after(1))
        }
    }

    /// Whether the process of this term runs; what happens to one that stands still, happens to it later.
    private mutating func isThere(_ term: Int64, else event: Event) -> Bool {
        guard !dead.contains(term) else { return false }
        guard let still, still.term == term, now < still.until else { return true }
        queue.schedule(event, at: still.until)
        return false
    }

    static let publication = "fleet publication"
    static let fleet = "fleet"
}
