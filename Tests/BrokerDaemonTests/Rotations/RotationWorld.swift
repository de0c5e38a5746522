import AccessPolicy
import BrokerTesting
import Foundation
import JOSE
import KeyRotation
import Synchronization
import TokenBroker

@testable import BrokerDaemon

/// A lane of one plan with a service, a sink and a journal in memory, and clocks that stand still.
///
/// Unless told otherwise the plan is due at 12:00 each day, the clocks begin at 10:00, and one key is there that consumers have.
final class RotationWorld: Sendable {
    /// What goes wrong, as the test says.
    struct Script: Sendable {
        var issuer = ScriptedIssuer.Hooks()
        var sink = ScriptedSink.Hooks()
        var append: ScriptedJournal.Hook?
    }

    let time = ManualTime()
    let audit = RecordingAuditLog()
    let plan: RotationPlan
    let issuer: ScriptedIssuer
    let sink: ScriptedSink
    let journal: ScriptedJournal
    let sealer = ScriptedSealer()
    let lane: RotationLane

    static let old = KeyMaterial(["api_key": Redacted("old-value")])
    static let overlap: TimeInterval = 2_000

    init(_ script: Script = Script(), sinks count: Int = 1) throws {
        let time = time
        let names = (1...count).map { "reports-\($0)" }
        plan = try Self.plan(names)
        issuer = ScriptedIssuer(plan.target.traits, hooks: script.issuer, now: { time.now.wall })
        issuer.add("old", Self.old, at: ManualTime.start.addingTimeInterval(-86_400))
        let sink = ScriptedSink(Self.old, hooks: script.sink)
        self.sink = sink
        let others = names.dropFirst().map { ($0, ScriptedSink(Self.old)) }
        journal = try ScriptedJournal(onAppend: script.append)
        let numbers = Numbers()
        let world = RotationDriver.Surroundings(
            issuer: issuer,
            sinks: Dictionary(uniqueKeysWithValues: others + [(names[0], sink)]),
            journal: AuditedJournal(journal: journal, audit: audit),
            sealer: sealer,
            now: { time.now.wall },
            draw: { 0 },
            newRotation: { RotationID(UInt64(numbers.next())) },
            newValue: { KeyMaterial(["api_key": Redacted("drawn-\(numbers.next())")]) }
        )
        let rules = plan.rules(host: "host", watchedSince: time.now.wall)
        lane = RotationLane(plan, RotationMachine(rules), world, leadership: SoleLeadership(world.journal), time: time)
    }

    /// Numbers that are each given once.
    private final class Numbers: Sendable {
        private let last = Mutex(0)

        func next() -> Int {
            last.withLock { last in
                last += 1
                return last
            }
        }
    }

    private struct Malformed: Error {}

    private static func plan(_ sinks: [String]) throws -> RotationPlan {
        guard let name = PlanName(rawValue: "archive"), let profile = ProfileName("rotator") else { throw Malformed() }
        var pacing = RotationPacing()
        (pacing.overlap, pacing.disabled) = (overlap, 1_800)
        return RotationPlan(
            name: name,
            profile: profile,
            target: .apiKey(iamID: "iam-ServiceId-1", account: nil),
            schedule: try PlanSchedule(cron: try CronExpression("0 12 * * *")),
            sinks: sinks,
            replaces: KeyID("old"),
            pacing: pacing
        )
    }

    /// Runs the lane beside `body`, and stops it afterwards.
    func running(_ body: (RotationLane) async throws -> Void) async throws {
        let task = Task { [lane] in await lane.run() }
        do {
            try await body(lane)
        } catch {
            task.cancel()
            await task.value
            throw error
        }
        task.cancel()
        await task.value
    }

    /// Waits until the lane rests for `span`; it looks up a millisecond later.
    func rests(for span: TimeInterval) async {
        await time.sleeper(until: time.now.boot + .milliseconds(Int(span * 1_000) + 1))
    }

    /// Lets time pass once the lane rests for `span`.
    func pass(_ span: TimeInterval) async {
        await rests(for: span)
        time.advance(by: .milliseconds(Int(span * 1_000) + 1))
    }

    /// Orders a rotation, and waits until both keys work.
    func rotateToOverlap() async {
        guard case .done = await lane.carryOut(.command(.run(.now))) else { return }
        await rests(for: Self.overlap)
    }

    /// What happened, the oldest first.
    var kinds: [String] { journal.events.map(\.kind) }

    /// What the audit log has of rotations.
    var audited: [String] {
        audit.events.compactMap { event in
            if case .rotation(let step) = event { step.kind } else { nil }
        }
    }
}
