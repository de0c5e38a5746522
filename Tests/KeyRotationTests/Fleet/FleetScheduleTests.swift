import BrokerTesting
import Foundation
import Synchronization
import Testing

/// Two nodes that may carry out a plan and one that consumes its key, under schedules of lost, late and doubled messages, pauses, deaths and
/// partitions: the real driver and machine, a modelled store and a modelled service, in virtual time and in turns.
@Suite(.timeLimit(.minutes(10)))
struct FleetScheduleTests {
    @Test func withoutFaultsTheKeyIsReplacedOnce() async throws {
        let run = try #require(FleetRun(FleetSchedule()))
        await run.play()
        await run.judge()
        let trace = run.state.withLock { $0.trace }.joined(separator: "\n")
        #expect(run.violations.isEmpty, "\(trace)")
        #expect(run.outcome == .finished, "\(trace)")
        #expect(run.issuer.creations == 1)
    }

    /// The same schedule, the same run.
    @Test func aRunDependsOnItsScheduleAlone() async throws {
        let schedule = try #require(FleetSchedule("5:lose-answer 9:pause-before/7 20:die-after/3"))
        #expect("\(schedule)" == "5:lose-answer 9:pause-before/7 20:die-after/3")
        var traces: Set<[String]> = []
        for _ in 0..<5 {
            let run = try #require(FleetRun(schedule))
            await run.play()
            traces.insert(run.state.withLock { $0.trace })
        }
        #expect(traces.count == 1)
    }

    @Test func everyScheduleWithOneFaultEndsWell() async throws {
        var exploration = FleetExploration()
        let points = await exploration.play(FleetSchedule())
        await exploration.extend(
            FleetSchedule(),
            points,
            waits: Self.isThorough ? Array(1...40) + [300] : [1, 3, 8, 21, 300],
            by: 1
        )
        exploration.report("one fault")
        exploration.expectWell(distinct: 1_000)
        #expect(exploration.refused > 0, "no late write met the fence")
    }

    @Test func schedulesWithTwoFaultsEndWell() async throws {
        var exploration = FleetExploration()
        let points = await exploration.play(FleetSchedule())
        if !Self.isThorough { exploration.stride = 149 }
        await exploration.extend(FleetSchedule(), points, waits: Self.isThorough ? [5, 300] : [300], by: 2)
        exploration.report("two faults")
        exploration.expectWell(distinct: 1_000)
    }

    /// Schedules that once ended badly.
    @Test(arguments: [
        // A node took the new key, could not say so, and its word from before was taken for one after the rollback.
        "14:roll-back 18:cut-off/300", "18:cut-off/300 19:roll-back", "19:cut-off/300 20:roll-back",
        // What was published arrived once more after the rollback.
        "14:arrive-late/300 23:roll-back",
    ])
    func whatWasFoundIsMended(_ text: String) async throws {
        let schedule = try #require(FleetSchedule(text))
        let run = try #require(FleetRun(schedule))
        await run.play()
        #expect(run.outcome == .rolledBack)
        await run.judge()
        #expect(run.violations.isEmpty)
    }

    /// What no fence can keep from a service that knows none.
    ///
    /// The leader stands still between its last look at its lease and the call, another one
    /// leads, an operator goes back to the old key, and then the call arrives. The plan halts and says what to do (docs/fleet.md).
    @Test func aDisableThatArrivesAfterARollbackIsAKnownLimit() async throws {
        let schedule = try #require(FleetSchedule("36:pause-before/300 43:roll-back"))
        let run = try #require(FleetRun(schedule))
        await run.play()
        guard case .halted(let reason) = run.outcome else {
            Issue.record("\(run.outcome.map { "\($0)" } ?? "no end")")
            return
        }
        #expect(reason.contains("is disabled") && reason.contains("enable it"))
        await run.judge()
        withKnownIssue { #expect(run.violations.isEmpty) }
    }

    @Test func drawnSchedulesWithManyFaultsEndWell() async throws {
        var exploration = FleetExploration()
        var draws = FleetDraws(seed: 20_261_127)
        for _ in 0..<(Self.isThorough ? 50_000 : 1_000) { _ = await exploration.play(draws.schedule(within: 90)) }
        exploration.report("drawn")
        exploration.expectWell(distinct: 900)
    }

    /// What is found when the fence is missing shows that these schedules look for it.
    @Test(arguments: FleetRun.Defence.allCases)
    func aMissingDefenceIsFound(_ defence: FleetRun.Defence) async throws {
        var exploration = FleetExploration()
        let points = await exploration.play(FleetSchedule(), without: defence)
        await exploration.extend(FleetSchedule(), points, waits: [8, 300], by: 1, without: defence)
        exploration.report("without \(defence)")
        #expect(!exploration.failures.isEmpty)
    }

    /// To look at one schedule, as the others print it: `IAM_BROKER_TEST_SCHEDULE='14:roll-back 18:cut-off/300'`.
    @Test(.enabled(if: wanted != nil)) func aWantedScheduleIsShown() async throws {
        let schedule = try #require(FleetSchedule(Self.wanted ?? ""))
        let run = try #require(FleetRun(schedule))
        await run.play()
        let outcome = run.outcome
        await run.judge()
        for line in run.state.withLock({ $0.trace }) { print("fleet: \(line)") }
        print("fleet: \(outcome.map { "\($0)" } ?? "no end"): \(run.violations.joined(separator: "; "))")
        #expect(run.violations.isEmpty)
    }

    private static var wanted: String? { ProcessInfo.processInfo.environment["IAM_BROKER_TEST_SCHEDULE"] }

    /// Takes many minutes.
    private static var isThorough: Bool { ProcessInfo.processInfo.environment["IAM_BROKER_TEST_THOROUGH"] != nil }
}

extension FleetExploration {
    /// For the log of the tests.
    func report(_ name: String) {
        print(
            "fleet: \(name): \(schedules) schedules, \(traces.count) distinct, \(finished) finished, \(rolledBack) rolled back, \(halted.values.reduce(0, +)) halted, "
                + "\(refused) late writes refused, \(withOrphans) with keys for the operator to delete, \(failures.count) not well"
        )
        for (reason, count) in halted.sorted(by: { $0.value > $1.value }).prefix(5) {
            print("fleet:   halted \(count): \(reason)")
        }
        if let haltedBy { print("fleet:   halted first by \(haltedBy)") }
        for failure in failures.prefix(5) {
            print("fleet:   \(failure.schedule): \(failure.violations.joined(separator: "; "))")
        }
    }

    func expectWell(distinct: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(failures.isEmpty, "\(failures.count) of \(schedules)", sourceLocation: sourceLocation)
        #expect(traces.count >= distinct, sourceLocation: sourceLocation)
        #expect(finished + rolledBack + halted.values.reduce(0, +) == schedules, sourceLocation: sourceLocation)
    }
}
