internal import FoundationEssentials
internal import KeyRotation
internal import TokenBroker

/// Holds the waits that keep an old key alive to the clock that nobody can set.
///
/// The machine goes by the wall clock, which alone outlives the process. When that is set forward, the end of a wait comes before its time;
/// for as long as the process lives it must have passed on the boot-time clock, too.
struct SteadyWait {
    private struct Wait: Equatable {
        let rotation: RotationID
        let stage: RotationStage
        let since: Date
    }

    private var wait: Wait?
    private var end: Duration = .zero

    /// Looks where the plan stands.
    ///
    /// - Returns: until when, on the boot-time clock, nothing is to be done although the wall clock allows it; `nil` when it is right.
    mutating func hold(_ state: RotationState, by machine: RotationMachine, now: Moment) -> Duration? {
        guard let cycle = state.cycle, let wallEnd = machine.endOfWait(state) else {
            wait = nil
            return nil
        }
        let left = wallEnd.timeIntervalSince(now.wall)
        let current = Wait(rotation: cycle.rotation, stage: cycle.stage, since: cycle.since)
        if wait != current { (wait, end) = (current, now.boot + .seconds(max(0, left))) }
        // Both clocks began at the same moment, and NTP makes the one on the wall a little faster or slower than the other.
        guard left <= 0, state.suspension == nil, end - now.boot > Self.tolerance else { return nil }
        return end
    }

    /// What differs by less was not set.
    private static let tolerance: Duration = .seconds(60)
}
