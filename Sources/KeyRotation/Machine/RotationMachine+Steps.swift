internal import FoundationEssentials

extension RotationMachine {
    /// The step of each stage.
    func step(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationStep {
        switch cycle.stage {
        case .plan, .recover, .survey, .sweep: .issuer(.list, before: nil)
        case .create: create(state, cycle, now: now)
        case .read: about(cycle.candidate, state, now) { .issuer(.read($0.id), before: nil) }
        case .verify: about(cycle.candidate, state, now) { .issuer(.verify($0.id), before: nil) }
        case .publish: publish(state, cycle, now: now)
        case .acknowledge: acknowledge(state, cycle, now: now)
        case .overlap: overlap(state, cycle, now: now)
        case .proveIdle: about(cycle.retiring, state, now) { .issuer(.activity($0.id), before: nil) }
        case .confirmDisable: confirm(.disable, state, cycle, now: now)
        case .confirmDelete: confirm(.delete, state, cycle, now: now)
        case .disable:
            remove(.confirmDisable, state, cycle, now: now) { key in
                .issuer(.disable(key.id), before: pending(state, .disabling, "\(key.id), the old key"))
            }
        case .disabled: disabled(state, cycle, now: now)
        case .delete:
            remove(.confirmDelete, state, cycle, now: now) { key in
                let before = changing(state, .deleting, "\(key.id), the old key") { cycle in
                    (cycle.isPending, cycle.mayBeDeleted) = (true, true)
                }
                return .issuer(.delete(key.id), before: before)
            }
        case .forget: forget(state, cycle, now: now)
        case .abandon: .issuer(.list, before: nil)
        case .restore: restore(state, cycle, now: now)
        }
    }

    private func create(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationStep {
        guard cycle.creations < rules.limits.creationsPerRotation else {
            return .note(abandoned(state, "\(cycle.creations) keys were made, and none could be used", now: now))
        }
        guard cycle.asked < Self.mostAsked else {
            return .note(abandoned(state, "a key was asked for \(cycle.asked) times, and none was made", now: now))
        }
        if let free = budget(state, now: now) { return .rest(until: free) }
        var state = state
        state.creations = state.creations.filter { $0 > now.addingTimeInterval(-Self.day) } + [now]
        let name = KeyName(rules.plan, cycle.rotation)
        // A value that was drawn for a creation that did not happen serves the next one.
        let value: RotationChange.Value = traits.takesOwnValue && cycle.createdAt == nil ? .draw : .keep
        let before = changing(state, .creating, "\(name)", value) { cycle in
            cycle.isPending = true
            cycle.creations += 1
            cycle.asked += 1
            cycle.createdAt = now
        }
        return .issuer(.create(cycle.rotation), before: before)
    }

    private static let mostAsked = 4

    /// Takes the old key away; when that was tried until a blackout began, all is confirmed again after it.
    private func remove(
        _ confirmation: RotationStage,
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date,
        _ step: (HeldKey) -> RotationStep
    ) -> RotationStep {
        guard untilTakenAway(cycle, now: now) == nil else {
            return .note(entering(confirmation, state, .waiting, "for the end of a blackout", now: now))
        }
        return about(cycle.retiring, state, now, step)
    }

    private func publish(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationStep {
        about(cycle.candidate, state, now) { key in
            guard let sink = rules.sinks.first(where: { key.prints[$0]?.text.isEmpty ?? true }) else {
                return .note(promoted(state, now: now))
            }
            let before = changing(state, .publishing, "\(key.id) to \(sink)") { cycle in
                cycle.isPending = true
                // From now on it may hold it.
                cycle.candidate?.prints[sink] = SinkPrint(rotation: cycle.rotation, text: "")
            }
            return .sink(sink, .publish, before: before)
        }
    }

    private func acknowledge(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationStep {
        let missing = cycle.isReleased == true ? [] : rules.acknowledgers.filter { cycle.acknowledgements[$0] == nil }
        if missing.isEmpty {
            if asksConsumers(cycle) { return .consumers }
            return .note(entering(.overlap, state, .acknowledged, "everybody has the new key", now: now))
        }
        let end = cycle.since.addingTimeInterval(pacing.acknowledgeWithin)
        guard end <= now else { return .rest(until: end) }
        let names = missing.joined(separator: ", ")
        return .note(
            halted(
                state,
                "\(names) did not acknowledge the new key; see to it that it is in use there, then run: "
                    + "iam-broker rotation acknowledge \(rules.plan) --as \(missing[0]); then: \(resumption)",
                now: now
            )
        )
    }

    private func overlap(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationStep {
        let end = endOfOverlap(state, cycle)
        guard end <= now else { return .rest(until: end) }
        guard let old = cycle.retiring else {
            return .note(entering(.forget, state, .waiting, "there is no old key", now: now))
        }
        let (stage, detail): (RotationStage, String) =
            if traits.tellsActivity, pacing.idle != nil {
                (.proveIdle, "for \(old.id) to be idle")
            } else if traits.canDisable {
                (.confirmDisable, "for nothing more: \(old.id) is to be disabled")
            } else {
                (.confirmDelete, "for nothing more: \(old.id) is to be deleted")
            }
        return .note(entering(stage, state, .waiting, detail, now: now))
    }

    private func disabled(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationStep {
        let end = endOfDisablement(cycle)
        guard end <= now else { return .rest(until: end) }
        return .note(
            entering(.confirmDelete, state, .waiting, "for nothing more: the old key is to be deleted", now: now)
        )
    }

    private func confirm(
        _ stage: RotationStage,
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date
    ) -> RotationStep {
        if let rest = untilTakenAway(cycle, now: now) { return rest }
        // A node that was away may have come back with the old key. It may take days; all else is looked at after it.
        if asksConsumers(cycle), !cycle.confirmed.contains(Self.heard) { return .consumers }
        guard cycle.confirmed.contains(Self.listed) else { return .issuer(.list, before: nil) }
        guard let current = state.current, current.verifiedAt != nil, current.id != cycle.retiring?.id else {
            let old = cycle.retiring.map { "\($0.id)" } ?? "the old key"
            return .note(
                halted(
                    state,
                    "the broker never used the key that consumers have, so \(old) stays; make sure that theirs works, "
                        + "and delete the other by hand; then run: \(resumption)",
                    now: now
                )
            )
        }
        for sink in rules.sinks where !cycle.confirmed.contains(sink) {
            if let print = current.prints[sink] { return .sink(sink, .inspect(print), before: nil) }
            // Of a key that was given back it is not known what a sink holds that never had the other.
            guard cycle.isRolledBack || !traits.hasValue else {
                return .note(halted(state, withoutTheKey(sink, cycle), now: now))
            }
        }
        return .note(entering(stage, state, .confirmed, "\(current.id) is in place", now: now))
    }

    /// A sink that was added to the plan during the rotation may hold the old key, put there by hand.
    private func withoutTheKey(_ sink: String, _ cycle: RotationCycle) -> String {
        let old = cycle.retiring.map { "\($0.id)" } ?? "the old key"
        return
            "\(sink) came to the plan during the rotation and has no new key, so \(old) stays; take it out of the plan until the rotation "
            + "has ended, and run: \(resumption); or make a new key with: iam-broker rotation rollback \(rules.plan), and then: "
            + "iam-broker rotation run --now \(rules.plan)"
    }

    /// What ``RotationCycle/confirmed`` has for the issuer's list; sinks have other names.
    static let listed = ""

    private func forget(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationStep {
        for sink in rules.sinks where !cycle.confirmed.contains(sink) {
            if let print = state.current?.prints[sink] { return .sink(sink, .forget(print), before: nil) }
        }
        return .note(entering(.sweep, state, .forgotten, "what sinks kept of the old key", now: now))
    }

    private func restore(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationStep {
        guard let new = cycle.candidate else {
            return .note(halted(state, "the journal has lost which key it was about; \(lookAtOrphans)", now: now))
        }
        let old = cycle.retiring
        if let old, !cycle.confirmed.contains(Self.listed) {
            if traits.canDisable {
                return .issuer(.enable(old.id), before: pending(state, .rollingBack, "\(old.id) is to work again"))
            }
            // Nobody is given a key that is gone.
            if traits.canDelete, !traits.isSingular { return .issuer(.list, before: nil) }
        }
        // Where there is no print, nothing was published.
        for sink in rules.sinks where !cycle.confirmed.contains(sink) {
            guard let print = new.prints[sink] else { continue }
            let what = old.map { "\($0.id)" } ?? "what it had before"
            return .sink(sink, .restore(print), before: pending(state, .rollingBack, "\(sink) is to have \(what)"))
        }
        guard old != nil else {
            let reason = cycle.failure ?? "an operator rolled it back"
            return .note(abandoned(state, reason, now: now, isRolledBack: cycle.failure == nil))
        }
        return .note(swapped(state, now: now))
    }

    private func pending(_ state: RotationState, _ kind: EventKind, _ detail: String) -> RotationChange {
        changing(state, kind, detail) { $0.isPending = true }
    }

    /// A step for a key that the stage cannot be without.
    private func about(
        _ key: HeldKey?,
        _ state: RotationState,
        _ now: Date,
        _ step: (HeldKey) -> RotationStep
    ) -> RotationStep {
        guard let key else {
            return .note(halted(state, "the journal has lost which key it was about; \(lookAtOrphans)", now: now))
        }
        return step(key)
    }

    var resumption: String { "iam-broker rotation resume \(rules.plan)" }
    var lookAtOrphans: String { "run: iam-broker rotation orphans" }
}
