package import FoundationEssentials

/// Decides what is to be done for a plan, and what an answer means: no call, no clock, no disk.
///
/// Whoever drives it writes down what ``RotationStep`` says before each change and what ``RotationChange`` says after it. After a death
/// between the two, ``resumed(_:now:)`` leads to the same end. What holds after every step:
/// - the key that consumers have works, and is not deleted while it is the last that was used with success;
/// - a key that this plan made and nobody uses is known, or will be found by its name, and goes;
/// - at most ``RotationLimits/creationsPerRotation`` keys are made in one rotation.
package struct RotationMachine: Sendable {
    package let rules: RotationRules

    package init(_ rules: RotationRules) {
        self.rules = rules
    }

    var traits: KeyTraits { rules.traits }
    var pacing: RotationPacing { rules.pacing }

    /// What is to be done next.
    ///
    /// - Parameters:
    ///   - state: what is written down.
    ///   - now: the wall clock.
    ///   - rotation: an ID for a rotation that begins.
    /// - Returns: the step.
    package func next(_ state: RotationState, now: Date, rotation: RotationID) -> RotationStep {
        if state.suspension != nil { return .rest(until: nil) }
        if let place = state.place, place != rules.place,
            let key = state.cycle?.candidate ?? state.current ?? state.cycle?.retiring
        {
            return .note(
                halted(
                    state,
                    "the plan's target was \(place), where \(key.id) is, and is \(rules.place) now, where it is not; put the target back "
                        + "and give the other a plan of its own; then run: \(resumption)",
                    now: now
                )
            )
        }
        guard let cycle = state.cycle else { return begin(state, now: now, rotation: rotation) }
        if let retryAt = cycle.retryAt, retryAt > now { return .rest(until: retryAt) }
        if let key = cycle.surplus.first {
            if let rest = untilTakenAway(cycle, now: now) {
                return cycle.stage.waitsForSurplus ? rest : step(state, cycle, now: now)
            }
            return .issuer(.delete(key), before: change(state, .deleting, "\(key), which nobody uses"))
        }
        return step(state, cycle, now: now)
    }

    /// The rest until a key may be disabled or deleted; `nil` when that is now.
    func untilTakenAway(_ cycle: RotationCycle, now: Date) -> RotationStep? {
        if cycle.isForced { return nil }
        guard let allowed = rules.calendar.change(now) else { return .rest(until: nil) }
        return allowed <= now ? nil : .rest(until: allowed)
    }

    // MARK: Between rotations

    private func begin(_ state: RotationState, now: Date, rotation: RotationID) -> RotationStep {
        if state.request != .now, state.request != .repair {
            let due =
                if state.request == .whenAllowed {
                    rules.calendar.start(now)
                } else if let retryAt = state.retryAt {
                    rules.calendar.start(max(retryAt, now))
                } else {
                    rules.calendar.due(state, now)
                }
            guard let due else { return .rest(until: nil) }
            guard due <= now else { return .rest(until: due) }
        }
        if let free = budget(state, now: now) { return .rest(until: free) }
        var state = state
        var cycle = RotationCycle(rotation, at: now, isForced: state.request == .now)
        cycle.enter(.plan, at: now)
        let reason =
            switch state.request {
            case .now, .whenAllowed: "because an operator asked for it"
            case .repair: "because a sink lost the key"
            case nil: "as scheduled"
            }
        state.cycle = cycle
        state.place = rules.place
        state.lastStart = now
        state.request = nil
        state.retryAt = nil
        state.rotations = state.rotations.suffix(RotationState.rememberedRotations - 1) + [rotation]
        return .note(change(state, .started, reason))
    }

    /// When another key may be made; `nil` when that is now.
    package func budget(_ state: RotationState, now: Date) -> Date? {
        let recent = state.creations.filter { $0 > now.addingTimeInterval(-Self.day) }
        guard recent.count >= rules.limits.creationsPerDay, let first = recent.min() else { return nil }
        return first.addingTimeInterval(Self.day)
    }

    static let day: TimeInterval = 86_400

    // MARK: Changes

    func change(
        _ state: RotationState,
        _ kind: EventKind,
        _ detail: String,
        _ value: RotationChange.Value = .keep
    ) -> RotationChange {
        RotationChange(state: state, value: value, kind: kind, detail: detail)
    }

    /// The same with the cycle changed.
    func changing(
        _ state: RotationState,
        _ kind: EventKind,
        _ detail: String,
        _ value: RotationChange.Value = .keep,
        _ edit: (inout RotationCycle) -> Void
    ) -> RotationChange {
        var state = state
        if var cycle = state.cycle {
            edit(&cycle)
            state.cycle = cycle
        }
        return change(state, kind, detail, value)
    }

    /// Goes on to another stage.
    func entering(
        _ stage: RotationStage,
        _ state: RotationState,
        _ kind: EventKind,
        _ detail: String,
        now: Date,
        _ edit: (inout RotationCycle) -> Void = { _ in }
    ) -> RotationChange {
        changing(state, kind, detail) { cycle in
            edit(&cycle)
            cycle.enter(stage, at: now)
        }
    }
}
