package import FoundationEssentials

/// What an operator wants of a plan.
package enum RotationCommand: Sendable, Hashable {
    /// A rotation before the schedule wants one.
    case run(RotationRequest)
    case pause
    case resume
    /// Consumers are to have the old key again.
    case rollback
    /// This consumer has the new key.
    case acknowledge(String)
    /// The old key may go whatever consumers say.
    case release
}

/// Why a command is refused: for people.
package struct CommandRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}

extension RotationMachine {
    /// What a command makes true.
    package func commanded(
        _ command: RotationCommand,
        _ state: RotationState,
        now: Date
    ) throws(CommandRefusal) -> RotationChange {
        switch command {
        case .run(let request): try requested(request, state, now: now)
        case .pause: try paused(state, now: now)
        case .resume: try resumed(by: state, now: now)
        case .rollback: try rolledBack(state, now: now)
        case .acknowledge(let consumer): try acknowledged(consumer, state, now: now)
        case .release: try released(state, now: now)
        }
    }

    private func requested(
        _ request: RotationRequest,
        _ state: RotationState,
        now: Date
    ) throws(CommandRefusal) -> RotationChange {
        if let suspension = state.suspension {
            throw CommandRefusal(message: "the plan is \(suspension.kind.rawValue): \(suspension.reason)")
        }
        if let cycle = state.cycle {
            throw CommandRefusal(
                message: "rotation \(cycle.rotation) is under way, at: \(cycle.stage.phase.rawValue); see: "
                    + "iam-broker rotation status \(rules.plan)"
            )
        }
        if let free = budget(state, now: now) {
            throw CommandRefusal(
                message:
                    "\(rules.limits.creationsPerDay) keys were made in the last 24 hours, which is the plan's limit; "
                    + "the next may be made at \(free.ISO8601Format())"
            )
        }
        var state = state
        state.request = request
        return change(
            state,
            .requested,
            request == .now ? "a rotation now" : "a rotation as soon as the plan allows one"
        )
    }

    private func paused(_ state: RotationState, now: Date) throws(CommandRefusal) -> RotationChange {
        if let suspension = state.suspension {
            throw CommandRefusal(message: "the plan is \(suspension.kind.rawValue) already: \(suspension.reason)")
        }
        var state = state
        state.suspension = Suspension(
            kind: .paused,
            since: now,
            reason: "an operator paused it; to go on, run: \(resumption)"
        )
        return change(state, .paused, "by an operator")
    }

    private func resumed(by state: RotationState, now: Date) throws(CommandRefusal) -> RotationChange {
        guard state.suspension != nil else { throw CommandRefusal(message: "the plan is neither paused nor halted") }
        let isHalted = state.suspension?.kind == .halted
        var state = resumed(state, now: now)
        state.suspension = nil
        // What was due, and failed, is due.
        if isHalted, state.cycle == nil { state.retryAt = now }
        // An old key that is still listed is to be deleted again.
        if traits.canDelete, var cycle = state.cycle, cycle.stage == .sweep, cycle.retiring != nil {
            cycle.enter(.confirmDelete, at: now)
            state.cycle = cycle
        }
        state.failures = 0
        // Whatever took its time before does so anew.
        state.cycle?.attempts = 0
        state.cycle?.retryAt = nil
        if state.cycle?.stage.waitsForTime == false { state.cycle?.since = now }
        return change(state, .resumed, "by an operator")
    }

    private func rolledBack(_ state: RotationState, now: Date) throws(CommandRefusal) -> RotationChange {
        guard let cycle = state.cycle else {
            throw CommandRefusal(
                message: "no rotation is under way, so the key before is deleted; make a new one with: "
                    + "iam-broker rotation run --now \(rules.plan)"
            )
        }
        guard !cycle.isRolledBack, cycle.stage != .restore else {
            throw CommandRefusal(message: "rotation \(cycle.rotation) is being rolled back already")
        }
        if traits.isSingular, cycle.creations > 0 || cycle.candidate != nil {
            throw CommandRefusal(
                message:
                    "the service has one place for the key, and the new one is in it or may be: the old one cannot be put back; when the "
                    + "rotation has ended, make another with: iam-broker rotation run --now \(rules.plan)"
            )
        }
        // After a death, or a blackout, all is confirmed again before it is asked for once more; it may have happened.
        if cycle.mayBeDeleted == true { throw Self.tooLate(rules.plan) }
        var state = state
        state.suspension = nil
        switch cycle.stage {
        case .plan, .create, .recover, .read, .verify, .survey, .abandon:
            return abandoned(state, "an operator rolled it back", now: now, isRolledBack: true)
        case .publish where cycle.candidate?.prints.isEmpty ?? true:
            return abandoned(state, "an operator rolled it back", now: now, isRolledBack: true)
        case .publish:
            let what = cycle.retiring.map { "\($0.id)" } ?? "what they had before"
            return entering(.restore, state, .rollingBack, "consumers are to have \(what) again", now: now)
        case .acknowledge, .overlap, .proveIdle, .confirmDisable, .disable, .disabled, .confirmDelete:
            guard let old = cycle.retiring else {
                throw CommandRefusal(message: "there is no old key to go back to: this is the first of the plan")
            }
            return entering(.restore, state, .rollingBack, "consumers are to have \(old.id) again", now: now)
        case .delete, .forget, .sweep, .restore:
            throw Self.tooLate(rules.plan)
        }
    }

    private static func tooLate(_ plan: PlanName) -> CommandRefusal {
        CommandRefusal(
            message: "the old key is being deleted, so there is nothing to go back to; make a new one with: "
                + "iam-broker rotation run --now \(plan)"
        )
    }

    private func acknowledged(
        _ consumer: String,
        _ state: RotationState,
        now: Date
    ) throws(CommandRefusal) -> RotationChange {
        guard rules.acknowledgers.contains(consumer) else {
            let names = rules.acknowledgers.isEmpty ? "nobody" : rules.acknowledgers.joined(separator: ", ")
            throw CommandRefusal(message: "the plan does not wait for '\(consumer)' but for \(names)")
        }
        guard let cycle = state.cycle, cycle.stage == .acknowledge else {
            throw CommandRefusal(message: "no new key waits to be acknowledged")
        }
        return changing(state, .acknowledged, "by \(consumer)") { $0.acknowledgements[consumer] = now }
    }

    // MARK: After a death

    /// What is to be believed of a state after the process that wrote it has ended.
    ///
    /// - Parameters:
    ///   - state: the last that was written down.
    ///   - now: the wall clock.
    /// - Returns: the state to go on from.
    package func resumed(_ state: RotationState, now: Date) -> RotationState {
        var state = state.clamped(to: now)
        guard var cycle = state.cycle else { return state }
        switch cycle.stage {
        case .create where cycle.isPending: cycle.enter(.recover, at: now)
        // What was confirmed may not be so any more.
        case .disable: cycle.enter(.confirmDisable, at: now)
        case .delete: cycle.enter(.confirmDelete, at: now)
        case .confirmDisable, .confirmDelete: cycle.confirmed = []
        case .plan, .create, .recover, .read, .verify, .survey, .publish, .acknowledge, .overlap, .proveIdle, .disabled,
            .forget, .sweep, .abandon, .restore:
            break
        }
        // Whatever failed in another life is tried anew in this one.
        (cycle.isPending, cycle.attempts) = (false, 0)
        state.cycle = cycle
        return state
    }
}

extension RotationStage {
    /// Whether the time since its beginning is what it waits for.
    fileprivate var waitsForTime: Bool { self == .overlap || self == .disabled }
}

extension RotationState {
    /// The state without times that have not come: a clock that was ahead wrote them, and nobody wants to wait for them.
    fileprivate func clamped(to now: Date) -> RotationState {
        var state = self
        state.creations = creations.map { min($0, now) }
        state.lastStart = lastStart.map { min($0, now) }
        if let time = current?.publishedAt { state.current?.publishedAt = min(time, now) }
        guard var cycle else { return state }
        cycle.since = min(cycle.since, now)
        if let time = cycle.candidate?.publishedAt { cycle.candidate?.publishedAt = min(time, now) }
        cycle.createdAt = cycle.createdAt.map { min($0, now) }
        state.cycle = cycle
        return state
    }
}
