package import FoundationEssentials

/// When a rotation plan starts, and when it may.
///
/// All times are whole seconds since 1970; what lies before 1970 or after the year 9999 counts as its nearest end. A time that is not
/// found within 45 years is `nil`.
package struct PlanSchedule: Sendable, Hashable {
    /// What happens with the times at which nobody started it: the daemon was down, or no start was allowed.
    package enum CatchUp: String, Sendable, Hashable, CaseIterable {
        /// All of them together are one start, as soon as one is allowed.
        case once
        /// They are left out.
        case never
    }

    /// The times at which it starts; at least one of this and ``maximumAge`` is there.
    package let cron: CronExpression?
    /// By whose clock on the wall ``cron``, ``windows`` and ``blackouts`` go.
    package let zone: TimeZone
    /// How old a key may become, in whole seconds: then it is due whatever ``cron`` says.
    package let maximumAge: Duration?
    /// Each start is delayed by less than this, in seconds.
    package let splay: Int
    /// When a rotation may start; always without any.
    package let windows: [ScheduleWindow]
    /// When a rotation may not start, and nothing may be taken away.
    package let blackouts: [Blackout]
    package let catchUp: CatchUp

    let allowed: AllowedTimes

    /// A week; more would be a schedule of its own.
    package static let splays = 0...7 * ScheduleLimits.day
    /// From a minute to 45 years.
    package static let maximumAges: ClosedRange<Duration> = .seconds(60) ... .seconds(ScheduleLimits.horizon)
    package static let mostWindows = 64
    package static let mostBlackouts = 256

    /// - Parameters:
    ///   - cron: when it starts.
    ///   - zone: by whose clock; UTC unless told.
    ///   - maximumAge: within ``maximumAges``.
    ///   - splay: within ``splays``.
    ///   - windows: ``mostWindows`` at most.
    ///   - blackouts: ``mostBlackouts`` at most.
    ///   - catchUp: what happens with starts that were missed.
    /// - Throws: ``ScheduleError`` when nothing says when, or something is out of its range.
    package init(
        cron: CronExpression? = nil,
        zone: TimeZone = .gmt,
        maximumAge: Duration? = nil,
        splay: Int = 0,
        windows: [ScheduleWindow] = [],
        blackouts: [Blackout] = [],
        catchUp: CatchUp = .once
    ) throws(ScheduleError) {
        guard cron != nil || maximumAge != nil else {
            throw ScheduleError("a schedule needs a cron expression, a maximum age, or both")
        }
        guard maximumAge.map(Self.maximumAges.contains) ?? true else {
            throw ScheduleError("a maximum age is a minute to 45 years")
        }
        guard Self.splays.contains(splay) else { throw ScheduleError("a splay is 0 seconds to 7 days") }
        guard windows.count <= Self.mostWindows, blackouts.count <= Self.mostBlackouts else {
            throw ScheduleError(
                "a schedule has \(Self.mostWindows) windows and \(Self.mostBlackouts) blackouts at most"
            )
        }
        (self.cron, self.zone, self.maximumAge, self.splay) = (cron, zone, maximumAge, splay)
        (self.windows, self.blackouts, self.catchUp) = (windows, blackouts, catchUp)
        allowed = AllowedTimes(clock: WallClock(zone), windows: windows, blackouts: blackouts)
    }

    /// Whether a rotation may start.
    package func isStartAllowed(at time: Int) -> Bool { allowed.contains(ScheduleLimits.clamp(time)) }

    /// Whether something may be taken away, such as an old key: blackouts alone forbid it.
    package func isChangeAllowed(at time: Int) -> Bool { allowed.blackout(at: ScheduleLimits.clamp(time)) == nil }

    /// The first time after `time` at which something may be taken away.
    package func nextChangeAllowed(after time: Int) -> Int? {
        let next = ScheduleLimits.clamp(time) + 1
        let end = allowed.blackout(at: next)?.upperBound ?? next
        return end - next < ScheduleLimits.horizon ? end : nil
    }

    /// The first time from `time` on at which a rotation may start.
    package func nextStartAllowed(notBefore time: Int) -> Int? { allowed.first(notBefore: ScheduleLimits.clamp(time)) }

    /// The delay of every start of this plan on this host, in seconds.
    package func delay(plan: String, host: String) -> Int { Splay.delay(plan: plan, host: host, splay: splay) }

    /// The occurrences of ``cron`` on one host.
    func occurrences(plan: String, host: String) -> Occurrences? {
        cron.map { Occurrences(CronSchedule($0, in: zone), delay: delay(plan: plan, host: host), allowed, catchUp) }
    }
}
