import BrokerTesting
import FoundationEssentials
import JOSE
import Testing

@testable import KeyRotation

/// An operator rolls a rotation back, at every point of it, and the process dies at every moment of that.
struct RollbackTests {
    private static let cases = ProofWorld.Case.all.filter {
        $0.traits.canDelete && !$0.traits.isSingular && $0.hasOldKey
    }
    private static let refusing: [RotationStage] = [.delete, .forget, .sweep]

    @Test(arguments: cases)
    func consumersHaveTheOldKeyInTheEndWhateverDies(_ theCase: ProofWorld.Case) async throws {
        let plain = try #require(ProofWorld(theCase))
        try await plain.adoptOldKey()
        let points = try await plain.pointsOfInterest()
        var (runs, problems) = (0, [String]())
        for point in points where !Self.refusing.contains(point.stage) {
            var (death, isBeyond): (Int?, Bool) = (nil, false)
            while !isBeyond {
                let run = try await rollBack(theCase, at: point, death: death)
                runs += 1
                if !run.problems.isEmpty {
                    problems.append("\(point.stage), death \(death ?? -1): \(run.problems.joined(separator: "; "))")
                }
                isBeyond = death != nil && !run.hasDied
                death = (death ?? -1) + 1
            }
        }
        print("rollback: \(theCase.testDescription): \(points.count) points, \(runs) runs")
        #expect(problems.isEmpty, "\(problems.count) of \(runs): \(problems.prefix(5).joined(separator: "\n"))")
        #expect(runs > points.count * 10)
    }

    private func rollBack(
        _ theCase: ProofWorld.Case,
        at point: ProofWorld.Point,
        death: Int?
    ) async throws -> (problems: [String], hasDied: Bool) {
        let world = try #require(ProofWorld(theCase, deaths: death.map { [point.moments + $0] } ?? []))
        try await world.adoptOldKey()
        var driver = try await world.driver()
        try await world.take(point.steps, &driver)
        var left = 400
        while left > 0 {
            do {
                while left > 0 {
                    left -= 1
                    let state = driver.state
                    let isUnderWay = state.cycle?.isRolledBack == true || state.cycle?.stage == .restore
                    if state.suspension == nil, state.cycle != nil, !isUnderWay {
                        let refusal = try await driver.carryOut(.rollback)
                        #expect(refusal == nil)
                    }
                    if try await !world.advance(&driver) {
                        return (problems(world, driver.state), world.deaths.left == 0)
                    }
                }
            } catch {
                world.checkConsumers("death")
                world.watch.advance(by: 1)
                world.deaths.revive()
                driver = try await world.driver()
            }
        }
        return (["it goes on for ever at \(driver.state.cycle?.stage.rawValue ?? "?")"], world.deaths.left == 0)
    }

    private func problems(_ world: ProofWorld, _ state: RotationState) -> [String] {
        var problems = world.violated
        if state.suspension?.kind != .paused || state.suspension?.reason.contains("rolled back") != true {
            problems.append("it ended \(state.suspension?.reason ?? "well")")
        }
        for (name, sink) in world.sinks {
            if sink.content != ProofWorld.old { problems.append("\(name) has not the old key") }
            if sink.keepsAside { problems.append("\(name) keeps a key aside") }
        }
        for key in world.issuer.keys where key.name?.hasPrefix("iam-broker") == true && !key.isDeleted {
            problems.append("\(key.id) lives")
        }
        if world.issuer.keys.contains(where: { $0.id == KeyID("key-old") && ($0.isDeleted || $0.isDisabled) }) {
            problems.append("the old key does not work")
        }
        if state.current != nil, state.current?.id != KeyID("key-old") { problems.append("the state has another key") }
        if world.journal.records.contains(where: { $0.sealed != nil }) { problems.append("the journal keeps a value") }
        return problems
    }

    @Test(arguments: cases)
    func itIsRefusedOnceTheOldKeyIsBeingDeleted(_ theCase: ProofWorld.Case) async throws {
        let plain = try #require(ProofWorld(theCase))
        try await plain.adoptOldKey()
        let points = try await plain.pointsOfInterest().filter { Self.refusing.contains($0.stage) }
        #expect(Set(points.map(\.stage)) == Set(Self.refusing))
        for point in points {
            let world = try #require(ProofWorld(theCase))
            try await world.adoptOldKey()
            var driver = try await world.driver()
            try await world.take(point.steps, &driver)
            let refusal = try await driver.carryOut(.rollback)
            #expect(refusal?.message.contains("the old key is being deleted") == true, "\(point.stage)")
            #expect(refusal?.message.contains("iam-broker rotation run --now proof") == true)
            #expect(await world.run() == .finished)
            #expect(world.invariants(after: .finished) == [])
        }
    }

    /// The process dies as it asks for the deletion, which comes to pass or does not; an operator is faster than the next list.
    @Test(arguments: cases, [false, true])
    func itIsRefusedWhenTheOldKeyMayBeDeleted(_ theCase: ProofWorld.Case, isDeleted: Bool) async throws {
        let world = try #require(ProofWorld(theCase))
        try await world.adoptOldKey()
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .delete { #expect(try await world.advance(&driver)) }
        let step = driver.machine.next(driver.state, now: world.watch.now, rotation: RotationID(1))
        guard case .issuer(.delete(let key), let before?) = step else { throw Unexpected() }
        try await world.put(before.state)
        if isDeleted { _ = try await world.issuer.perform(.delete(key)) }
        var next = try await world.driver()
        #expect(next.state.cycle?.stage == .confirmDelete)
        let refusal = try await next.carryOut(.rollback)
        #expect(refusal?.message.contains("the old key is being deleted") == true)
        #expect(await world.run() == .finished)
        #expect(world.invariants(after: .finished) == [])
    }

    @Test(arguments: cases)
    func aKeyThatSomebodyDeletedIsGivenToNobody(_ theCase: ProofWorld.Case) async throws {
        let world = try #require(ProofWorld(theCase))
        try await world.adoptOldKey()
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .overlap { #expect(try await world.advance(&driver)) }
        let new = try #require(driver.state.current?.id)
        world.issuer.change(KeyID("key-old")) { $0.isDeleted = true }
        #expect(try await driver.carryOut(.rollback) == nil)
        #expect(await world.run() == .finished)
        #expect(world.invariants(after: .finished) == [])
        let now = try await world.driver().state
        #expect(now.current?.id == new)
        #expect(now.cycle == nil)
    }

    /// The process dies between a publication and what is written of it, and that is all that was published.
    @Test func whatMayHaveBeenPublishedIsTakenBack() async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        try await world.adoptOldKey()
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .publish { _ = try await world.advance(&driver) }
        let step = driver.machine.next(driver.state, now: world.watch.now, rotation: RotationID(1))
        guard case .sink(let name, .publish, let before?) = step else { throw Unexpected() }
        try await world.put(before.state)
        let (new, rotation) = (try #require(world.issuer.keys.last), try #require(driver.state.cycle?.rotation))
        let key = PublishedKey(plan: driver.state.plan, rotation: rotation, id: new.id, material: new.material)
        _ = try await world.sinks[name]?.perform(.publish(key))
        var next = try await world.driver()
        #expect(try await next.carryOut(.rollback) == nil)
        while try await world.advance(&next) {}
        #expect(problems(world, next.state) == [])
    }

    @Test func whatNobodyHasIsTakenBackAtOnce() async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[2]))
        var driver = try await world.driver()
        while driver.state.cycle?.stage != .publish { _ = try await world.advance(&driver) }
        #expect(try await driver.carryOut(.rollback) == nil)
        #expect(driver.state.cycle?.stage == .abandon)
    }

    /// Consumers had nothing before, or what somebody put there.
    @Test(arguments: [false, true])
    func theFirstKeyOfAPlanIsTakenBackFromWhoHasIt(hasContent: Bool) async throws {
        let twoSinks = ProofWorld.Case(
            testDescription: "",
            traits: ProofWorld.Case.all[2].traits,
            hasOldKey: false
        )
        let world = try #require(ProofWorld(twoSinks))
        let before = hasContent ? KeyMaterial(["secret": Redacted("foreign")]) : nil
        for sink in world.sinks.values { sink.overwrite(before) }
        var driver = try await world.driver()
        while driver.state.cycle?.candidate?.prints.isEmpty ?? true { _ = try await world.advance(&driver) }
        #expect(try await driver.carryOut(.rollback) == nil)
        while try await world.advance(&driver) {}
        #expect(driver.state.suspension?.kind == .paused)
        #expect(driver.state.current == nil)
        #expect(world.sinks.values.allSatisfy { $0.content == before && !$0.keepsAside })
        #expect(world.issuer.keys.filter { !$0.isDeleted }.map(\.id) == [KeyID("key-of-somebody-else")])
    }

    private struct Unexpected: Error {}
}
