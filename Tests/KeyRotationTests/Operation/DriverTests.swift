import BrokerTesting
import FoundationEssentials
import JOSE
import Synchronization
import Testing

@testable import KeyRotation

/// What becomes of a rotation when the journal or the sealer does not do its part.
struct DriverTests {
    /// A world with a journal that follows a script.
    private func driver(_ world: ProofWorld, _ journal: any RotationJournal) -> RotationDriver {
        let parts = world.driverParts.world
        return RotationDriver(
            world.driverParts.machine,
            RotationDriver.Surroundings(
                issuer: parts.issuer,
                sinks: parts.sinks,
                journal: journal,
                sealer: parts.sealer,
                board: LaggingBoard(journal, now: parts.now),
                now: parts.now,
                draw: parts.draw,
                newRotation: parts.newRotation,
                newValue: parts.newValue
            )
        )
    }

    private func finish(_ driver: inout RotationDriver, _ world: ProofWorld) async throws {
        while driver.state.lastSuccess == nil, driver.state.suspension == nil { _ = try await world.advance(&driver) }
    }

    /// Counts appends, and fails one of them.
    private final class Failing: Sendable {
        private let count = Mutex(0)
        let number: Int
        let moment: ScriptedJournal.Moment
        var appends: Int { count.withLock { $0 } }

        init(_ number: Int, _ moment: ScriptedJournal.Moment) { (self.number, self.moment) = (number, moment) }

        func pass(_ moment: ScriptedJournal.Moment) throws {
            let current = count.withLock { count in
                if moment == .before { count += 1 }
                return count
            }
            if moment == self.moment, current == number { throw JournalError(.unavailable, "the disk is full") }
        }
    }

    @Test(arguments: ProofWorld.Case.all, ScriptedJournal.Moment.allCases)
    func anAppendThatFailsIsMadeUpForAfterAReload(
        _ theCase: ProofWorld.Case,
        _ moment: ScriptedJournal.Moment
    ) async throws {
        var (number, isBeyond) = (1, false)
        while !isBeyond {
            let world = try #require(ProofWorld(theCase))
            let failing = Failing(number, moment)
            let journal = try ScriptedJournal { moment, _ in try failing.pass(moment) }
            var driver = driver(world, journal)
            var (isLoaded, failures) = (false, 0)
            while driver.state.lastSuccess == nil, failures < 3 {
                do throws(RotationDriver.Stop) {
                    if !isLoaded { try await driver.load() }
                    isLoaded = true
                    while driver.state.lastSuccess == nil {
                        let outcome = try await driver.step()
                        world.checkConsumers("\(number)")
                        if case .rest(let until?) = outcome { world.watch.advance(to: until) }
                        for consumer in theCase.acknowledgers where driver.state.cycle?.stage == .acknowledge {
                            _ = try await driver.carryOut(.acknowledge(consumer))
                        }
                        #expect(driver.state.suspension == nil)
                        if driver.state.suspension != nil { return }
                    }
                } catch {
                    (isLoaded, failures) = (false, failures + 1)
                }
            }
            #expect(world.invariants(after: .finished) == [], "\(theCase.testDescription), append \(number)")
            #expect(journal.records.allSatisfy { $0.sealed == nil })
            isBeyond = failures == 0
            number += 1
        }
        #expect(number > 8)
    }

    @Test func ofTwoDriversTheSecondStopsAndNothingItDidIsLost() async throws {
        for steps in 0..<24 {
            let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
            var first = try await world.driver()
            try await world.take(steps, &first)
            var second = try await world.driver()
            let before = world.journal.events.count
            while world.journal.events.count == before { _ = try await world.advance(&second) }
            let (state, sequence) = (first.state, world.journal.records.first?.sequence)
            // Whatever the first one does next, it cannot write.
            let stop = await #expect(throws: RotationDriver.Stop.self) {
                while true {
                    if case .rest(let until?) = try await first.step() { world.watch.advance(to: until) }
                }
            }
            guard case .journal(let error)? = stop else {
                Issue.record("it stopped otherwise: \(String(describing: stop))")
                continue
            }
            #expect(error.code == .conflict)
            #expect(first.state == state)
            #expect(world.journal.records.first?.sequence == sequence)
            #expect(await world.run() == .finished, "after \(steps) steps")
            #expect(world.invariants(after: .finished, mostCreations: 3) == [], "after \(steps) steps")
        }
    }

    @Test(arguments: [RotationStage.create, .verify, .publish])
    func aValueThatIsLostCostsTheRotationAndNothingElse(_ stage: RotationStage) async throws {
        for theCase in ProofWorld.Case.all where theCase.traits.hasValue {
            for sealed in [JournalEntry.SealedChange.wipe, .store([1, 2, 3])] {
                let world = try #require(ProofWorld(theCase))
                try await world.adoptOldKey()
                var driver = try await world.driver()
                while driver.state.cycle?.stage != stage { #expect(try await world.advance(&driver)) }
                try await world.put(driver.state, sealed: sealed)
                driver = try await world.driver()
                while driver.state.failures == 0, driver.state.lastSuccess == nil, driver.state.suspension == nil {
                    #expect(try await world.advance(&driver))
                }
                // Before a key is made there is no value, and after it nobody may ask for it.
                let isNeeded = stage == .verify || stage == .publish && !theCase.sinks.isEmpty
                #expect(driver.state.failures == (isNeeded ? 1 : 0), "\(theCase.testDescription)")
                #expect(driver.state.suspension == nil)
                #expect(world.violated == [])
                try await finish(&driver, world)
                #expect(world.invariants(after: .finished) == [], "\(theCase.testDescription)")
            }
        }
    }

    /// The value is lost when one of two sinks has it.
    @Test func aValueThatIsLostHalfWayIsTakenBack() async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        try await world.adoptOldKey()
        var driver = try await world.driver()
        while driver.state.cycle?.candidate?.prints.isEmpty ?? true { _ = try await world.advance(&driver) }
        try await world.put(driver.state, sealed: .wipe)
        driver = try await world.driver()
        while try await world.advance(&driver) {}
        #expect(world.violated == [])
        #expect(world.sinks.values.allSatisfy { $0.content == ProofWorld.old && !$0.keepsAside })
        #expect(driver.state.suspension?.kind == .paused)
        #expect(driver.state.suspension?.reason.contains("the journal has no value of the new key") == true)
        #expect(world.issuer.keys.filter { $0.name?.hasPrefix("iam-broker") == true }.allSatisfy { $0.isDeleted })
        #expect(try await driver.carryOut(.resume) == nil)
        #expect(await world.run() == .finished)
        #expect(world.invariants(after: .finished) == [])
    }

    @Test(arguments: ["", "{", "[]", "{\"plan\":\"proof\"}", "{\"plan\":\"Not A Name\",\"firstSeen\":0}", "\u{0}"])
    func aStateThatCannotBeReadIsCorruptAndStaysAsItIs(_ text: String) async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        let plan = try #require(ProofWorld.plan)
        let event = JournalEvent(plan: plan, rotation: nil, at: world.watch.now, kind: "added", detail: "")
        let entry = JournalEntry(plan: plan, sequence: 1, state: Array(text.utf8), sealed: .keep, event: event)
        try await world.journal.append(entry)
        let error = await #expect(throws: RotationDriver.Stop.self) { try await world.driver() }
        guard case .journal(let failure)? = error else { throw Unexpected() }
        #expect(failure.code == .corrupt)
        #expect(failure.message.contains("plan proof"))
        #expect(world.journal.records.first?.state == Array(text.utf8))
        #expect(world.issuer.creations == 0)
    }

    @Test(arguments: ProofWorld.Case.all)
    func theValueIsInTheJournalBetweenCreationAndPublicationAndNotOtherwise(_ theCase: ProofWorld.Case) async throws {
        let world = try #require(ProofWorld(theCase))
        var driver = try await world.driver()
        var seen = Set<RotationStage>()
        repeat {
            guard world.journal.records.first?.sealed != nil, let stage = driver.state.cycle?.stage else { continue }
            seen.insert(stage)
        } while try await world.advance(&driver)
        #expect(seen == (theCase.traits.hasValue ? [.verify, .survey, .publish] : []))
        #expect(world.journal.records.first?.sealed == nil)
    }

    /// Otherwise the search for values in the proof would find nothing whatever was written.
    @Test func aValueInTheJournalWouldBeFound() async throws {
        let world = try #require(ProofWorld(ProofWorld.Case.all[0]))
        try await world.put(
            RotationState(plan: try #require(ProofWorld.plan), firstSeen: world.watch.now),
            sealed: .store(Array("a drawn-1".utf8))
        )
        try await world.put(
            RotationState(plan: try #require(ProofWorld.plan), firstSeen: world.watch.now),
            sealed: .wipe
        )
        #expect(
            world.journal.leaks(of: ["drawn-1", "drawn-2", "by a test", "by a test."]) == ["drawn-1", "by a test"]
        )
    }

    private struct Unexpected: Error {}
}
