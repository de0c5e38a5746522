import BrokerTesting
import FoundationEssentials
import JOSE
import Synchronization

@testable import KeyRotation

/// One plan, two nodes that may carry it out, a node that consumes its key, and what is between them, in virtual time.
final class FleetRun: Sendable {
    /// What keeps a node from going on.
    struct Hold: Sendable {
        /// How many things others do meanwhile.
        var left: Int
        /// Whether the process stands still, or is gone: its lease is not renewed.
        var isStill: Bool
        /// What follows: the verdict for what it asked; `nil` for a node that is started again.
        var verdict: FleetVerdict?
    }

    struct Late: Sendable {
        var left: Int
        let effect: @Sendable () async -> Void
    }

    struct State: Sendable {
        var store: FleetStore
        var holds: [Actor: Hold] = [:]
        /// Nodes that do not reach the store, with how many things are tried meanwhile.
        var cutOff: [Actor: Int] = [:]
        var late: [Late] = []
        var isLateNext: Int?
        /// Until when a node may believe that it leads.
        var sure: [Actor: Date] = [:]
        var terms: [Actor: Int64] = [:]
        /// What the consumer uses.
        var consumer: FleetStore.Publication?
        var drawn: UInt64 = 100
        /// An operator wants the old key back.
        var wantsRollback = false
        var isOver = false
        /// What the journal says, by its sequence.
        var known: (sequence: Int, state: RotationState)?
        var points: [FleetPoint] = []
        var trace: [String] = []
        var violations: [String] = []
        /// Keys that were left at the end, and that an operator deletes.
        var orphans = 0
    }

    let schedule: FleetSchedule
    let turns = Turns<FleetQuestion, FleetVerdict>()
    let watch = ProofWorld.Watch()
    let state: Mutex<State>
    let issuer: ScriptedIssuer
    let machine: RotationMachine
    let plan: PlanName
    let node: NodeName

    static let old = KeyMaterial(["secret": Redacted("value-old")])
    static let oldRotation = RotationID(99)
    private static let traits = KeyTarget.apiKey(iamID: "iam-ServiceId-1", account: nil).traits

    /// - Parameters:
    ///   - schedule: what goes wrong.
    ///   - defence: is missing.
    init?(_ schedule: FleetSchedule, without defence: Defence? = nil) {
        guard let plan = PlanName(rawValue: "fleet"), let node = NodeName(rawValue: "consumer") else { return nil }
        (self.schedule, self.plan, self.node) = (schedule, plan, node)
        let watch = watch
        let key = PublishedKey(plan: plan, rotation: Self.oldRotation, id: KeyID("key-old"), material: Self.old)
        var store = FleetStore(isFenced: defence != .fence, now: watch.now)
        store.begin(with: key) { print in
            var state = RotationState(plan: plan, firstSeen: watch.now)
            var held = HeldKey(id: key.id, createdAt: watch.now.addingTimeInterval(-86_400), rotation: key.rotation)
            (held.verifiedAt, held.publishedAt) = (held.createdAt, held.createdAt)
            held.prints[RotationDriver.Surroundings.publicationName] = print
            (state.current, state.rotations) = (held, [key.rotation])
            return (try? JSONEncoder().encode(state)).map { Array($0) } ?? []
        }
        state = Mutex(State(store: store, consumer: store.current))
        issuer = ScriptedIssuer(Self.traits, now: { watch.now })
        issuer.add(
            "key-old",
            name: "\(KeyName(plan, Self.oldRotation))",
            Self.old,
            at: watch.now.addingTimeInterval(-86_400)
        )
        var pacing = RotationPacing()
        (pacing.overlap, pacing.disabled) = (3_600, 3_600)
        machine = RotationMachine(
            RotationRules(
                plan: plan,
                traits: Self.traits,
                sinks: [RotationDriver.Surroundings.publicationName],
                waitsForConsumers: defence != .acknowledgements,
                pacing: pacing,
                limits: RotationLimits(),
                // Due at once, and then not again.
                calendar: RotationCalendar(
                    due: { state, now in state.lastSuccess == nil ? now : nil },
                    start: { $0 },
                    change: { $0 }
                )
            )
        )
    }

    /// What can be taken away, to see that it is missed.
    enum Defence: Sendable, CaseIterable {
        /// The store compares terms.
        case fence
        /// The old key waits for the consumer.
        case acknowledgements
    }
}
