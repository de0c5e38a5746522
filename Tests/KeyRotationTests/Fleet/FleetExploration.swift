import Synchronization

/// What was tried, and what came of it.
struct FleetExploration: Sendable {
    /// Of all schedules that have more than one fault, one in so many is played.
    var stride = 1
    private var skipped = 0
    /// A run is another one when something else happens in it: what each node asked, in which order, and what became of it.
    private(set) var traces: Set<Int> = []
    private(set) var schedules = 0
    private(set) var finished = 0
    private(set) var rolledBack = 0
    private(set) var halted: [String: Int] = [:]
    /// The first schedule that halted.
    private(set) var haltedBy: FleetSchedule?
    private(set) var refused = 0
    private(set) var withOrphans = 0
    private(set) var failures: [(schedule: FleetSchedule, violations: [String])] = []

    /// Plays a schedule.
    ///
    /// - Returns: where something could have gone wrong in it.
    mutating func play(_ schedule: FleetSchedule, without defence: FleetRun.Defence? = nil) async -> [FleetPoint] {
        guard let run = FleetRun(schedule, without: defence) else { return [] }
        await run.play()
        let outcome = run.outcome
        await run.judge()
        schedules += 1
        let state = run.state.withLock { $0 }
        var hasher = Hasher()
        hasher.combine(state.trace)
        traces.insert(hasher.finalize())
        switch outcome {
        case .finished: finished += 1
        case .rolledBack: rolledBack += 1
        case .halted(let reason):
            halted[reason, default: 0] += 1
            haltedBy = haltedBy ?? schedule
        case nil: break
        }
        refused += state.store.refused
        if state.orphans > 0 { withOrphans += 1 }
        if !state.violations.isEmpty { failures.append((schedule, state.violations)) }
        return state.points
    }

    /// Plays all schedules that have one fault more than this one, after its last.
    ///
    /// `points` are those of the schedule's own run.
    mutating func extend(
        _ schedule: FleetSchedule,
        _ points: [FleetPoint],
        waits: [Int],
        by faults: Int,
        without defence: FleetRun.Defence? = nil
    ) async {
        guard faults > 0 else { return }
        let last = schedule.choices.keys.max() ?? -1
        for point in points where point.number > last {
            for choice in point.choices(waits: waits) {
                let next = schedule.adding(choice, at: point.number)
                if next.choices.count > 1 {
                    skipped += 1
                    guard skipped % stride == 0 else { continue }
                }
                let more = await play(next, without: defence)
                await extend(next, more, waits: waits, by: faults - 1, without: defence)
            }
        }
    }
}
