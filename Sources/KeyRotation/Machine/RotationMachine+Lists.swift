internal import FoundationEssentials

extension RotationMachine {
    /// What a list of all keys of the identity means in each stage that asks for one.
    func listed(
        _ keys: [ListedKey],
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date,
        draw: Double
    ) -> RotationChange {
        switch cycle.stage {
        case .plan: planned(keys, state, cycle, now: now)
        case .recover: recovered(keys, state, cycle, now: now, draw: draw)
        case .survey: surveyed(keys, state, cycle, now: now)
        case .confirmDisable, .confirmDelete: confirmed(keys, state, cycle, now: now, draw: draw)
        case .sweep: swept(keys, state, cycle, now: now, draw: draw)
        case .abandon: withdrawn(keys, state, cycle, now: now, draw: draw)
        case .restore: recoverable(keys, state, cycle, now: now)
        case .create, .read, .verify, .publish, .acknowledge, .overlap, .proveIdle, .disable, .disabled, .delete,
            .forget:
            halted(state, "a list came that nothing asked for", now: now)
        }
    }

    private func planned(
        _ keys: [ListedKey],
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date
    ) -> RotationChange {
        let known = state.current?.id ?? rules.replaces
        let old = traits.isSingular ? keys.last : known.flatMap { id in keys.first { $0.id == id } }
        // Where there is one place, consumers lock what they use, and a lock on it does not keep another from coming.
        if let old, old.isLocked, traits.canDelete, !traits.isSingular {
            return halted(
                state,
                "\(old.id) is locked, so it could not be deleted in the end; unlock it, then run: \(resumption)",
                now: now
            )
        }
        if state.current == nil, let wanted = rules.replaces, !traits.isSingular, old == nil {
            return halted(
                state,
                "'replaces' names \(wanted), and there is no such key; correct the plan, then run: \(resumption)",
                now: now
            )
        }
        if let (newest, inUse) = adoptable(keys, state) {
            let detail = "\(newest.id) is there already, and consumers do not have it"
            return entering(.read, state, .adopted, detail, now: now) { cycle in
                cycle.before = keys.map(\.id)
                cycle.retiring = holding(inUse, state, now: now)
                cycle.candidate = HeldKey(id: newest.id, createdAt: newest.createdAt ?? now, rotation: cycle.rotation)
            }
        }
        let leftovers = leftovers(keys, state, cycle)
        if let quota = traits.quota, keys.count - leftovers.count >= quota {
            return halted(
                state,
                "the identity has \(keys.count) of \(quota) keys, so no other can be made; delete one that nobody uses, then "
                    + "run: \(resumption)",
                now: now
            )
        }
        let held = old.map { holding($0, state, now: now) }
        let detail = held.map { "\($0.id) is to be replaced" } ?? "there is no old key"
        return entering(.create, state, .surveyed, detail, now: now) { cycle in
            cycle.before = keys.map(\.id)
            cycle.retiring = held
            cycle.surplus = leftovers
        }
    }

    private func holding(_ key: ListedKey, _ state: RotationState, now: Date) -> HeldKey {
        if let current = state.current, current.id == key.id { return current }
        return HeldKey(
            id: key.id,
            createdAt: key.createdAt ?? now,
            rotation: key.name.flatMap { KeyName($0)?.rotation }
        )
    }

    /// Where there is one place: a newer key than the one that consumers have, made by hand or by a rotation that failed, and the latter.
    ///
    /// Such a service keeps two keys, so that another would end the one in use before consumers have its successor.
    private func adoptable(_ keys: [ListedKey], _ state: RotationState) -> (newest: ListedKey, inUse: ListedKey)? {
        guard traits.isSingular, traits.canDelete, traits.hasValue, !rules.sinks.isEmpty, let newest = keys.last else {
            return nil
        }
        guard let current = state.current else {
            // Before the first rotation consumers have what was there before the broker.
            let isOurs = newest.name.flatMap { KeyName($0) }
                .map { $0.plan == rules.plan && state.rotations.contains($0.rotation) }
            return keys.dropLast().last.flatMap { isOurs == true ? (newest, $0) : nil }
        }
        guard newest.id != current.id else { return nil }
        return keys.first { $0.id == current.id }.map { (newest, $0) }
    }

    /// Keys that earlier rotations of this plan made and nobody uses.
    private func leftovers(_ keys: [ListedKey], _ state: RotationState, _ cycle: RotationCycle) -> [KeyID] {
        guard traits.canDelete, traits.recognition == .byName, !traits.isSingular else { return [] }
        return
            keys.filter { key in
                guard let name = key.name.flatMap({ KeyName($0) }), name.plan == rules.plan else { return false }
                return name.rotation != cycle.rotation && state.rotations.contains(name.rotation)
                    && key.id != state.current?.id && key.id != rules.replaces
            }
            .map(\.id)
    }

    /// Keys that this rotation made.
    private func made(_ keys: [ListedKey], _ cycle: RotationCycle) -> [ListedKey] {
        switch traits.recognition {
        case .byName:
            keys.filter { $0.name.flatMap { KeyName($0) } == KeyName(rules.plan, cycle.rotation) }
        // Before one was asked for it is not known which are different.
        case .byDifference: cycle.createdAt == nil ? [] : keys.filter { !cycle.before.contains($0.id) }
        }
    }

    private func unneeded(_ keys: [ListedKey], _ state: RotationState, _ cycle: RotationCycle) -> [KeyID] {
        guard traits.canDelete else { return [] }
        let needed = [state.current?.id, cycle.candidate?.id, cycle.retiring?.id]
        return made(keys, cycle).map(\.id).filter { !needed.contains($0) && cycle.kept?.contains($0) != true }
    }

    private func recovered(
        _ keys: [ListedKey],
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date,
        draw: Double
    ) -> RotationChange {
        let made = made(keys, cycle)
        guard let key = made.last else {
            // It may have been made and not be listed yet.
            let age = now.timeIntervalSince(cycle.createdAt ?? cycle.since)
            return retrying(
                state,
                "whether a key was made is not known yet",
                now: now,
                draw: draw,
                within: pacing.settle - age + now.timeIntervalSince(cycle.since),
                fewest: 0
            ) {
                entering(.create, state, .recovering, "no key was made", now: now) { $0.creations -= 1 }
            }
        }
        let others = traits.canDelete ? made.dropLast().map(\.id) : []
        let stage: RotationStage = traits.hasValue && !traits.takesOwnValue ? .read : .verify
        return entering(stage, state, .adopted, "\(key.id) was made", now: now) { cycle in
            cycle.candidate = HeldKey(id: key.id, createdAt: key.createdAt ?? now, rotation: cycle.rotation)
            cycle.surplus = others
        }
    }

    private func surveyed(
        _ keys: [ListedKey],
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date
    ) -> RotationChange {
        let unneeded = unneeded(keys, state, cycle)
        guard traits.hasValue else {
            return promoted(state, now: now)
        }
        let detail = unneeded.isEmpty ? "one key was made" : "\(unneeded.count + 1) keys were made"
        return entering(.publish, state, .surveyed, detail, now: now) { $0.surplus = unneeded }
    }

    private func confirmed(
        _ keys: [ListedKey],
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date,
        draw: Double
    ) -> RotationChange {
        guard let current = state.current, let old = cycle.retiring else {
            return halted(state, "the journal has lost which key it was about; \(lookAtOrphans)", now: now)
        }
        guard let listed = keys.first(where: { $0.id == current.id }), !listed.isDisabled else {
            let problem = "\(current.id), the key in use, is not there any more or is disabled"
            return retrying(state, problem, now: now, draw: draw, within: pacing.settle) {
                halted(
                    state,
                    "\(problem), so \(old.id) stays; enable it, or give consumers the other back with: "
                        + "iam-broker rotation rollback \(rules.plan)",
                    now: now
                )
            }
        }
        guard let oldListed = keys.first(where: { $0.id == old.id }) else {
            return entering(.forget, state, .deleted, "\(old.id) is gone already", now: now)
        }
        guard !oldListed.isLocked else {
            // Locks of consumers end by themselves.
            let within = traits.isSingular ? pacing.idleWithin : 0
            let problem = "\(old.id) is locked against changes"
            return retrying(state, problem, now: now, draw: draw, within: within) {
                halted(state, "\(problem); unlock it, then run: \(resumption)", now: now)
            }
        }
        return changing(state, .confirmed, "\(current.id) is listed") { cycle in
            cycle.confirmed.append(Self.listed)
            (cycle.attempts, cycle.retryAt, cycle.lastFault) = (0, nil, nil)
        }
    }

    /// Whether the key is there that consumers are to have again.
    private func recoverable(
        _ keys: [ListedKey],
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date
    ) -> RotationChange {
        guard let old = cycle.retiring, keys.contains(where: { $0.id == old.id }) else {
            return irrecoverable(state, cycle, now: now)
        }
        return changing(state, .confirmed, "\(old.id) is listed") { cycle in
            cycle.confirmed.append(Self.listed)
            (cycle.attempts, cycle.retryAt, cycle.lastFault) = (0, nil, nil)
        }
    }

    private func swept(
        _ keys: [ListedKey],
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date,
        draw: Double
    ) -> RotationChange {
        let unneeded = unneeded(keys, state, cycle)
        guard unneeded.isEmpty else {
            return changing(state, .surveyed, "\(unneeded.count) keys were made twice") { $0.surplus = unneeded }
        }
        if let old = cycle.retiring, traits.canDelete, keys.contains(where: { $0.id == old.id }) {
            return retrying(state, "\(old.id) is still listed", now: now, draw: draw, within: pacing.settle) {
                halted(
                    state,
                    "\(old.id) was deleted and is still listed; look at it, then run: \(resumption)",
                    now: now
                )
            }
        }
        return finished(state, now: now)
    }

    private func withdrawn(
        _ keys: [ListedKey],
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date,
        draw: Double
    ) -> RotationChange {
        guard traits.canDelete, !traits.isSingular else { return closed(state, now: now) }
        let made = made(keys, cycle).map(\.id).filter { $0 != state.current?.id && $0 != cycle.retiring?.id }
        guard made.isEmpty else {
            return changing(state, .abandoning, "\(made.count) keys go") { $0.surplus = made }
        }
        // What was made a moment ago may not be listed yet.
        let age = cycle.createdAt.map { now.timeIntervalSince($0) } ?? pacing.settle
        return retrying(
            state,
            "whether a key is left is not known yet",
            now: now,
            draw: draw,
            within: pacing.settle - age + now.timeIntervalSince(cycle.since),
            fewest: 0
        ) {
            closed(state, now: now)
        }
    }
}
