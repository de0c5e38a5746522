import BrokerTesting
import FoundationEssentials
import JOSE
import KeyRotation
import Synchronization
import Testing

/// One plan with its service, its sinks and its journal, in virtual time; the process can die at every moment.
final class ProofWorld: Sendable {
    /// What is rotated, and how the service behaves.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var traits: KeyTraits
        var delays = ScriptedIssuer.Delays()
        var sinks = ["first", "second"]
        /// Whether consumers have a key that was made by hand.
        var hasOldKey = true
        var acknowledgers: [String] = []
        /// Whether nodes of a fleet consume the key.
        var isFleet = false
    }

    /// The time, which only a rest moves.
    final class Watch: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        var now: Date { time.withLock { $0 } }
        func advance(by seconds: TimeInterval) { time.withLock { $0 = $0.addingTimeInterval(seconds) } }
        func advance(to date: Date) { time.withLock { $0 = max($0, date) } }
    }

    /// Counts what was drawn.
    final class Counter: Sendable {
        private let count = Mutex(UInt64(0))
        var current: UInt64 { count.withLock { $0 } }
        func next() -> UInt64 {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    /// All that outlives the process: what comes after follows from it alone.
    struct Remains: Equatable {
        let now: Date
        let sequence: Int?
        /// Read, as the members of JSON have no order.
        let state: RotationState?
        let sealed: [UInt8]?
        let keys: [ScriptedIssuer.Key]
        let sinks: [String: ScriptedSink.Memory]
        let drawn: UInt64
    }

    var remains: Remains {
        let record = journal.records.first
        return Remains(
            now: watch.now,
            sequence: record?.sequence,
            state: record.flatMap { try? JSONDecoder().decode(RotationState.self, from: Data($0.state)) },
            sealed: record?.sealed,
            keys: issuer.keys,
            sinks: sinks.mapValues(\.memory),
            drawn: draws.current
        )
    }

    let watch = Watch()
    let deaths: Deaths
    let issuer: ScriptedIssuer
    let sinks: [String: ScriptedSink]
    let journal: MortalJournal
    let driverParts: (machine: RotationMachine, world: RotationDriver.Surroundings)
    let theCase: Case
    private let draws = Counter()
    /// Counts the steps of ``advance(_:acknowledges:)``.
    let steps = Counter()
    private let violations = Mutex<[String]>([])

    static let plan = PlanName(rawValue: "proof")
    static let old = KeyMaterial(["secret": Redacted("value-old")])

    init?(
        _ theCase: Case,
        board: (any ConsumerBoard)? = nil,
        deaths moments: [Int] = [],
        issuerHooks: ScriptedIssuer.Hooks = ScriptedIssuer.Hooks(),
        sinkHooks: ScriptedSink.Hooks = ScriptedSink.Hooks(),
        adjust: (inout RotationPacing, inout RotationLimits) -> Void = { _, _ in }
    ) {
        guard let plan = Self.plan else { return nil }
        self.theCase = theCase
        let (deaths, watch) = (Deaths(at: moments), watch)
        self.deaths = deaths
        let issuer = ScriptedIssuer(
            theCase.traits,
            delays: theCase.delays,
            hooks: ScriptedIssuer.Hooks(
                before: { call throws(Interruption) in
                    try deaths.pass()
                    return try issuerHooks.before(call)
                },
                after: { call, answer throws(Interruption) in
                    try deaths.pass()
                    return try issuerHooks.after(call, answer)
                },
                isTwice: issuerHooks.isTwice
            ),
            now: { watch.now }
        )
        self.issuer = issuer
        let start = watch.now.addingTimeInterval(-86_400)
        let old = theCase.traits.hasValue ? Self.old : .none
        if theCase.hasOldKey { issuer.add("key-old", old, at: start) }
        if theCase.traits.canDelete, !theCase.traits.isSingular {
            issuer.add("key-of-somebody-else", name: "web", KeyMaterial(["secret": Redacted("foreign")]), at: start)
        }
        let content = theCase.hasOldKey ? Self.old : nil
        sinks = Dictionary(
            theCase.sinks.map { name in
                let hooks = ScriptedSink.Hooks(
                    before: { call throws(Interruption) in
                        try deaths.pass()
                        return try sinkHooks.before(call)
                    },
                    after: { call, answer throws(Interruption) in
                        try deaths.pass()
                        return try sinkHooks.after(call, answer)
                    }
                )
                return (name, ScriptedSink(content, hooks: hooks))
            }
        ) { first, _ in first }
        journal = MortalJournal(deaths)
        var (pacing, limits) = (RotationPacing(), RotationLimits())
        pacing.idle = theCase.traits.tellsActivity ? 3_600 : nil
        limits.creationsPerDay = 8
        // An outage of a day only takes more attempts.
        pacing.stepWithin = 7_200
        adjust(&pacing, &limits)
        let rules = RotationRules(
            plan: plan,
            traits: theCase.traits,
            sinks: theCase.sinks,
            acknowledgers: theCase.acknowledgers,
            waitsForConsumers: theCase.isFleet,
            replaces: theCase.hasOldKey && !theCase.traits.isSingular ? KeyID("key-old") : nil,
            pacing: pacing,
            limits: limits,
            // Due at once, and then not again.
            calendar: RotationCalendar(
                due: { state, now in state.lastSuccess == nil ? now : nil },
                start: { $0 },
                change: { $0 }
            )
        )
        let journal = journal
        let draws = draws
        driverParts = (
            RotationMachine(rules),
            RotationDriver.Surroundings(
                issuer: issuer,
                sinks: sinks,
                journal: journal,
                sealer: PlainSealer(),
                board: board ?? LaggingBoard(journal, now: { watch.now }),
                now: { watch.now },
                draw: { 0.5 },
                // Another one for each entry: worlds that are alike draw the same.
                newRotation: { RotationID(UInt64(journal.records.first?.sequence ?? 0)) },
                newValue: { KeyMaterial(["secret": Redacted("drawn-\(draws.next())")]) }
            )
        )
    }

    /// What was not as it must be at some time.
    var violated: [String] { violations.withLock { $0 } }

    /// At every instant: whoever takes a key from a sink can use it.
    func checkConsumers(_ moment: String) {
        guard theCase.traits.hasValue else { return }
        for (name, sink) in sinks {
            if let content = sink.content, !issuer.works(content) {
                violations.withLock { $0.append("\(moment): the key in \(name) does not work") }
            }
        }
    }
}

/// Turns bytes around: enough to see that nothing reads a value that was not opened.
struct PlainSealer: ValueSealer {
    func seal(_ value: Redacted<[UInt8]>, for context: String) throws(SealError) -> [UInt8] {
        Array(context.utf8) + [0] + value.exposed.map { $0 ^ 0x5A }
    }

    func open(_ box: [UInt8], for context: String) throws(SealError) -> Redacted<[UInt8]> {
        let prefix = Array(context.utf8) + [0]
        guard box.starts(with: prefix) else { throw SealError("the box is of another context") }
        return Redacted(box.dropFirst(prefix.count).map { $0 ^ 0x5A })
    }
}
