/// The next start of a plan.
package struct PlannedStart: Sendable, Hashable {
    package enum Cause: String, Sendable, Hashable {
        case schedule
        /// The key is as old as it may be.
        case age
    }

    /// When to start, not before the `now` that was asked with; `now` itself: start.
    package let at: Int
    /// When it fell due, which may be in the past.
    package let due: Int
    package let cause: Cause
}

extension PlanSchedule {
    /// A start that was missed by no more is none that was missed, in seconds.
    package static let grace = 60
    /// When a start for the sake of the age brought no new key, the next one is this much later.
    private static let patience = ScheduleLimits.day

    /// When the next rotation is to start at the earliest; it may be in the past, and does not tell what was missed.
    ///
    /// - Parameters:
    ///   - lastStart: when the last rotation started; `nil` when none has. What was due until then is done with it.
    ///   - since: when the broker saw this plan first. Occurrences of the expression before it do not count.
    ///   - keyCreated: when the key in use was created; `nil` when there is none or nobody knows. Then its age counts from `lastStart`; without
    ///     that, a plan without an expression is due at once, and one with an expression waits for it.
    ///   - plan: the plan's name.
    ///   - host: the machine's name.
    /// - Returns: the time; `nil` when there is none.
    package func due(lastStart: Int?, since: Int, keyCreated: Int?, plan: String, host: String) -> Int? {
        let since = ScheduleLimits.clamp(since)
        let lastStart = lastStart.map(ScheduleLimits.clamp)
        let scheduled = occurrences(plan: plan, host: host)?.start(after: lastStart ?? 0, since: since)
        let aged = agedDue(lastStart: lastStart, since: since, keyCreated: keyCreated, plan: plan, host: host)
        return [scheduled, aged].compactMap(\.self).min()
    }

    /// The next start: what was missed is made up for or left out, as ``catchUp`` says.
    ///
    /// A plan that is paused, or has a rotation under way, is not watched: `watchedSince` begins anew after it.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - watchedSince: since when somebody has been there all the time to start it when it is due.
    ///   - lastStart: see ``due(lastStart:since:keyCreated:plan:host:)``, and so for the rest.
    ///   - since: when the broker saw this plan first.
    ///   - keyCreated: when the key in use was created.
    ///   - plan: the plan's name.
    ///   - host: the machine's name.
    /// - Returns: when and why; `nil` when it never starts.
    package func nextStart(
        now: Int,
        watchedSince: Int,
        lastStart: Int?,
        since: Int,
        keyCreated: Int?,
        plan: String,
        host: String
    ) -> PlannedStart? {
        let (now, since) = (ScheduleLimits.clamp(now), ScheduleLimits.clamp(since))
        let lastStart = lastStart.map(ScheduleLimits.clamp)
        func planned(_ due: Int?, _ cause: PlannedStart.Cause) -> PlannedStart? {
            guard let due, let at = allowed.first(notBefore: max(due, now)) else { return nil }
            return PlannedStart(at: at, due: due, cause: cause)
        }
        var scheduled: Int?
        if let occurrences = occurrences(plan: plan, host: host) {
            scheduled = occurrences.start(after: lastStart ?? 0, since: since)
            if catchUp == .never {
                let watched = ScheduleLimits.clamp(watchedSince)
                // What is older is missed for certain: no window is open for longer than a day and a change of the clock.
                let oldest = now - ScheduleLimits.day - ScheduleLimits.largestChange
                scheduled = occurrences.start(
                    after: max(lastStart ?? 0, watched - Self.grace - 1, oldest),
                    since: since
                )
                while let time = scheduled, isMissed(time, now: now, watchedSince: watched) {
                    scheduled = occurrences.start(after: time, since: since)
                }
            }
        }
        let aged = agedDue(lastStart: lastStart, since: since, keyCreated: keyCreated, plan: plan, host: host)
        return [planned(scheduled, .schedule), planned(aged, .age)].compactMap(\.self).min { $0.at < $1.at }
    }

    /// Whether a start that was due at `time`, its delay included, is not to happen any more.
    ///
    /// With ``CatchUp/never`` that is so when nobody watched within ``grace`` of it, when no start was allowed then or is not allowed now, and when
    /// it is over: ``grace`` has passed, and so has the window in which it was due, if there are windows. Otherwise it never is.
    ///
    /// - Parameters:
    ///   - time: when it was due.
    ///   - now: the time.
    ///   - watchedSince: since when somebody has been there all the time to start it.
    /// - Returns: whether it is left out.
    package func isMissed(_ time: Int, now: Int, watchedSince: Int) -> Bool {
        guard catchUp == .never else { return false }
        let time = ScheduleLimits.clamp(time)
        guard allowed.contains(time), watchedSince <= time + Self.grace else { return true }
        guard now > time else { return false }
        guard allowed.contains(ScheduleLimits.clamp(now)) else { return true }
        guard now > time + Self.grace else { return false }
        return allowed.close(at: time).map { now >= $0 } ?? true
    }

    /// When the age of the key demands a start; the delay is not added, so that no key becomes older than it may.
    func agedDue(lastStart: Int?, since: Int, keyCreated: Int?, plan: String, host: String) -> Int? {
        guard let maximumAge else { return nil }
        let age = Int(maximumAge.components.seconds)
        let due: Int
        if let created = (keyCreated.map(ScheduleLimits.clamp) ?? lastStart) {
            due = created + age
        } else if cron == nil {
            due = since + delay(plan: plan, host: host)
        } else {
            return nil
        }
        guard let lastStart, lastStart >= due else { return allowed.first(notBefore: due) }
        return allowed.first(notBefore: lastStart + min(age, Self.patience))
    }
}
