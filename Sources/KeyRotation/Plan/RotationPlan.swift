package import AccessPolicy
package import FoundationEssentials

/// What is rotated, when, how carefully, and where the new key goes: a plan file that was read.
package struct RotationPlan: Sendable {
    package let name: PlanName
    /// The profile whose token pays for it.
    package let profile: ProfileName
    package let target: KeyTarget
    package let schedule: PlanSchedule
    /// Names of the sinks, in the order in which they get a new key.
    package let sinks: [String]
    /// Who has to say that it has the new key before the old one goes.
    package let acknowledgers: [String]
    /// The key that the first rotation replaces.
    package let replaces: KeyID?
    package let pacing: RotationPacing
    package let limits: RotationLimits

    package init(
        name: PlanName,
        profile: ProfileName,
        target: KeyTarget,
        schedule: PlanSchedule,
        sinks: [String],
        acknowledgers: [String] = [],
        replaces: KeyID? = nil,
        pacing: RotationPacing = RotationPacing(),
        limits: RotationLimits = RotationLimits()
    ) {
        (self.name, self.profile, self.target, self.schedule) = (name, profile, target, schedule)
        (self.sinks, self.acknowledgers, self.replaces) = (sinks, acknowledgers, replaces)
        (self.pacing, self.limits) = (pacing, limits)
    }

    /// What the state machine goes by.
    ///
    /// - Parameters:
    ///   - host: what splay tells apart.
    ///   - watchedSince: when this process began to look at the schedule.
    ///   - sinks: where the key is published by whoever carries the plan out; `nil`: to all of ``sinks``.
    ///   - waitsForConsumers: whether the nodes of a fleet have to have the new key in use.
    /// - Returns: the rules.
    package func rules(
        host: String,
        watchedSince: Date,
        sinks: [String]? = nil,
        waitsForConsumers: Bool = false
    ) -> RotationRules {
        RotationRules(
            plan: name,
            traits: target.traits,
            place: target.place,
            sinks: sinks ?? self.sinks,
            acknowledgers: acknowledgers,
            waitsForConsumers: waitsForConsumers,
            replaces: replaces,
            pacing: pacing,
            limits: limits,
            calendar: RotationCalendar(schedule, plan: name, host: host, watchedSince: watchedSince)
        )
    }
}

extension RotationCalendar {
    /// The calendar of a schedule.
    package init(_ schedule: PlanSchedule, plan: PlanName, host: String, watchedSince: Date) {
        self.init(
            due: { state, now in
                schedule.nextStart(
                    now: now.wholeSeconds,
                    watchedSince: watchedSince.wholeSeconds,
                    lastStart: state.lastStart?.wholeSeconds,
                    since: state.firstSeen.wholeSeconds,
                    keyCreated: state.current?.createdAt.wholeSeconds,
                    plan: plan.rawValue,
                    host: host
                )
                .map { Date(timeIntervalSince1970: TimeInterval($0.at)) }
            },
            start: { time in
                schedule.nextStartAllowed(notBefore: time.wholeSeconds)
                    .map { max(time, Date(timeIntervalSince1970: TimeInterval($0))) }
            },
            change: { time in
                let seconds = time.wholeSeconds
                if schedule.isChangeAllowed(at: seconds) { return time }
                return schedule.nextChangeAllowed(after: seconds).map { Date(timeIntervalSince1970: TimeInterval($0)) }
            }
        )
    }
}

extension Date {
    /// Seconds since 1970, without the part of a second.
    fileprivate var wholeSeconds: Int { Int(exactly: timeIntervalSince1970.rounded(.down)) ?? .max }
}
