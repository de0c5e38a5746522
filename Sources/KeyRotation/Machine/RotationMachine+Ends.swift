internal import FoundationEssentials

extension RotationMachine {
    /// Consumers have the new key now.
    func promoted(_ state: RotationState, now: Date) -> RotationChange {
        var state = state
        let detail = state.cycle?.candidate.map { "\($0.id) is the key in use" } ?? "the new key is in use"
        if var cycle = state.cycle {
            cycle.candidate?.publishedAt = now
            state.current = cycle.candidate
            if !traits.canDelete { cycle.retiring = nil }
            let waits = (rules.waitsForConsumers || !rules.acknowledgers.isEmpty) && cycle.retiring != nil
            cycle.enter(waits ? .acknowledge : .overlap, at: now)
            state.cycle = cycle
        }
        return change(state, .published, detail, .wipe)
    }

    /// Consumers have the old key again, and the new one takes the way of an old one.
    func swapped(_ state: RotationState, now: Date) -> RotationChange {
        var state = state
        if var cycle = state.cycle {
            let (new, old) = (cycle.candidate, cycle.retiring)
            (cycle.candidate, cycle.retiring) = (old, new)
            cycle.candidate?.publishedAt = now
            cycle.isRolledBack = true
            // What an operator released was the other key.
            cycle.isReleased = nil
            cycle.enter(.overlap, at: now)
            state.current = cycle.candidate
            state.cycle = cycle
        }
        let detail = state.current.map { "\($0.id) is the key in use again" } ?? "the old key is in use again"
        return change(state, .restored, detail, .wipe)
    }

    /// Nothing is left to do.
    func finished(_ state: RotationState, now: Date) -> RotationChange {
        var state = state
        let isRolledBack = state.cycle?.isRolledBack ?? false
        let reason = state.cycle?.failure.map { ": \($0)" } ?? ""
        state.cycle = nil
        state.retryAt = nil
        guard isRolledBack else {
            (state.lastSuccess, state.failures, state.lastFailure) = (now, 0, nil)
            return change(state, .finished, state.current.map { "with \($0.id)" } ?? "", .wipe)
        }
        return change(
            paused(state, after: "the rotation was rolled back\(reason)", now: now),
            .rolledBack,
            "the new key is gone",
            .wipe
        )
    }

    /// The new key is to be taken back: nobody has seen it.
    func abandoned(_ state: RotationState, _ reason: String, now: Date, isRolledBack: Bool = false) -> RotationChange {
        var state = state
        if var cycle = state.cycle {
            cycle.failure = reason
            cycle.isRolledBack = isRolledBack
            // Where there is one place, what is in it cannot be taken out.
            if let key = cycle.candidate?.id, traits.canDelete, !traits.isSingular { cycle.surplus.append(key) }
            cycle.candidate = nil
            cycle.enter(.abandon, at: now)
            state.cycle = cycle
        }
        return change(state, .abandoning, reason, .wipe)
    }

    /// The value of the new key cannot be had any more: nobody gets it, and who has it gets the old one back.
    func valueLost(_ state: RotationState, _ reason: String, now: Date) -> RotationChange {
        guard let cycle = state.cycle, cycle.stage == .publish, cycle.candidate?.prints.isEmpty == false else {
            return abandoned(state, reason, now: now)
        }
        return entering(.restore, state, .rollingBack, reason, now: now) { $0.failure = reason }
    }

    /// Nothing is left of a rotation that was abandoned.
    func closed(_ state: RotationState, now: Date) -> RotationChange {
        var state = state
        let (reason, isRolledBack) = (state.cycle?.failure ?? "it was abandoned", state.cycle?.isRolledBack ?? false)
        state.cycle = nil
        if isRolledBack {
            return change(paused(state, after: "the rotation was rolled back", now: now), .rolledBack, reason, .wipe)
        }
        state.failures += 1
        state.lastFailure = reason
        guard state.failures < rules.limits.failedRotations else {
            let count = state.failures == 1 ? "a rotation" : "\(state.failures) rotations in a row"
            state.suspension = Suspension(
                kind: .halted,
                since: now,
                reason: "\(count) failed, the last because \(reason); when that is mended, run: \(resumption)"
            )
            return change(state, .halted, reason, .wipe)
        }
        let doublings = Double(min(state.failures - 1, 5))
        state.retryAt = now.addingTimeInterval(min(Self.longestPause, Self.firstPause * pow2(doublings)))
        return change(state, .failed, reason, .wipe)
    }

    private func pow2(_ exponent: Double) -> Double {
        (0..<Int(exponent)).reduce(1) { value, _ in value * 2 }
    }

    /// Seconds until a rotation is tried again that failed.
    private static let firstPause: TimeInterval = 900
    private static let longestPause: TimeInterval = 21_600

    private func paused(_ state: RotationState, after reason: String, now: Date) -> RotationState {
        var state = state
        state.suspension = Suspension(
            kind: .paused,
            since: now,
            reason: "\(reason); to go on with the schedule, run: \(resumption)"
        )
        return state
    }

    /// Somebody has to do something; what is written down stays as it is.
    func halted(_ state: RotationState, _ reason: String, now: Date) -> RotationChange {
        var state = state
        state.cycle?.isPending = false
        state.cycle?.retryAt = nil
        state.suspension = Suspension(kind: .halted, since: now, reason: reason)
        return change(state, .halted, reason)
    }

    /// Tries the same step again later; when that went on for too long, `otherwise`.
    ///
    /// The time of a machine that was off counts, and its network comes late: so it takes `fewest` attempts, too, but where nothing is to be
    /// waited for.
    func retrying(
        _ state: RotationState,
        _ reason: String,
        after retryAfter: TimeInterval? = nil,
        now: Date,
        draw: Double,
        within: TimeInterval,
        fewest: Int = Self.fewestAttempts,
        otherwise: () -> RotationChange
    ) -> RotationChange {
        guard let cycle = state.cycle else { return otherwise() }
        let left = within - now.timeIntervalSince(cycle.since)
        guard left > 0 || within > 0 && cycle.attempts < fewest else { return otherwise() }
        let attempts = min(cycle.attempts, 16)
        let pause = min(Self.longestWait, Self.firstWait * pow2(Double(attempts)))
        // Spread, so that many plans do not call at once; never longer than the time that is left.
        let spread = max(retryAfter ?? 0, pause * (0.5 + 0.5 * draw))
        return changing(state, .retrying, reason) { cycle in
            cycle.isPending = false
            cycle.attempts += 1
            cycle.lastFault = reason
            cycle.retryAt = now.addingTimeInterval(left > 0 ? min(spread, max(1, left)) : spread)
        }
    }

    /// They take four minutes at least.
    private static let fewestAttempts = 8
    private static let firstWait: TimeInterval = 2
    private static let longestWait: TimeInterval = 300
}
