import FoundationEssentials
import Testing

@testable import KeyRotation

extension ProofWorld {
    /// A driver that has taken up what the journal has.
    func driver() async throws -> RotationDriver {
        var driver = RotationDriver(driverParts.machine, driverParts.world)
        try await driver.load()
        return driver
    }

    /// Has the key that was there before be one that the broker made, used and published.
    func adoptOldKey() async throws {
        var state = RotationState(plan: try #require(Self.plan), firstSeen: watch.now)
        var old = HeldKey(
            id: KeyID("key-old"),
            createdAt: watch.now.addingTimeInterval(-86_400),
            rotation: RotationID(99)
        )
        old.verifiedAt = old.createdAt
        old.publishedAt = old.createdAt
        for name in theCase.sinks { old.prints[name] = SinkPrint(rotation: RotationID(99), text: "0") }
        state.current = old
        try await put(state)
    }

    /// Has the journal say this of the plan.
    func put(_ state: RotationState, sealed: JournalEntry.SealedChange = .keep) async throws {
        let sequence = (journal.records.first?.sequence ?? 0) + 1
        let document = try JSONEncoder().encode(state)
        let event = JournalEvent(plan: state.plan, rotation: nil, at: watch.now, kind: "added", detail: "by a test")
        try await journal.append(
            JournalEntry(
                plan: state.plan,
                sequence: sequence,
                state: Array(document),
                sealed: sealed,
                event: event
            )
        )
    }

    /// One step, after a rest where one is due, with what consumers do on their side.
    ///
    /// - Returns: whether there is more to do.
    /// - Throws: ``Endless`` when it was asked for too often.
    func advance(_ driver: inout RotationDriver, acknowledges: Bool = true) async throws -> Bool {
        guard steps.next() < 5_000 else { throw Endless() }
        for consumer in theCase.acknowledgers
        where acknowledges && driver.state.cycle?.stage == .acknowledge
            && driver.state.cycle?.acknowledgements[consumer] == nil
        {
            _ = try await driver.carryOut(.acknowledge(consumer))
        }
        let outcome = try await driver.step()
        checkConsumers(driver.state.cycle?.stage.rawValue ?? "between rotations")
        guard case .rest(let until) = outcome else { return true }
        guard let until, driver.state.suspension == nil else { return false }
        watch.advance(to: until)
        return true
    }

    /// It goes on for longer than anybody waits.
    struct Endless: Error {}

    struct Point {
        let steps: Int
        /// How many moments had passed.
        let moments: Int
        let stage: RotationStage
    }

    /// The steps after which something is different that an operator can see.
    func pointsOfInterest() async throws -> [Point] {
        var driver = try await driver()
        var (points, last, steps) = ([Point](), "", 0)
        while try await advance(&driver) {
            steps += 1
            guard let cycle = driver.state.cycle else { continue }
            let known = cycle.candidate?.prints.values.filter { !$0.text.isEmpty }.count ?? 0
            let sign = "\(cycle.stage) \(known) \(cycle.confirmed.count)"
            if sign != last { points.append(Point(steps: steps, moments: deaths.moments, stage: cycle.stage)) }
            last = sign
        }
        return points
    }

    /// Goes on for so many steps, which must be there.
    func take(_ steps: Int, _ driver: inout RotationDriver) async throws {
        for _ in 0..<steps { #expect(try await advance(&driver)) }
    }
}
