package import FoundationEssentials

extension RotationMachine {
    /// What an answer of the issuer means.
    ///
    /// - Parameters:
    ///   - answer: the answer, whose secrets are not looked at.
    ///   - step: what was asked for.
    ///   - state: what is written down.
    ///   - now: the wall clock.
    ///   - draw: a number from 0 to 1 that spreads attempts.
    /// - Returns: what is to be written down.
    package func after(
        _ answer: IssuerAnswer,
        to step: IssuerStep,
        _ state: RotationState,
        now: Date,
        draw: Double
    ) -> RotationChange {
        guard let cycle = state.cycle else { return halted(state, "an answer came that nothing asked for", now: now) }
        switch (step, answer) {
        case (.list, .keys(let keys)): return listed(keys, state, cycle, now: now, draw: draw)
        case (.create, .created(let key, _)): return created(key, state, now: now)
        case (.read, .material):
            return taking(entering(.verify, state, .adopted, "its value was read again", now: now))
        case (.verify, .done): return verified(state, cycle, now: now)
        case (.activity, .lastUse(let lastUse)): return used(lastUse, state, cycle, now: now)
        case (.disable, .done): return entering(.disabled, state, .disabled, "the old key does not work", now: now)
        case (.enable, .done):
            return changing(state, .rollingBack, "the old key works") { cycle in
                cycle.isPending = false
                cycle.confirmed.append(Self.listed)
            }
        case (.delete(let key), .done): return deleted(key, state, cycle, now: now)
        case (_, .fault(let fault)): return failed(step, fault, state, cycle, now: now, draw: draw)
        case (.list, _), (.create, _), (.read, _), (.verify, _), (.activity, _), (.disable, _), (.enable, _),
            (.delete, _):
            let fault = IssuerFault(.unknownOutcome, "the service answered something else than was asked for")
            return failed(step, fault, state, cycle, now: now, draw: draw)
        }
    }

    private func taking(_ change: RotationChange) -> RotationChange {
        RotationChange(state: change.state, value: .take, kind: change.kind, detail: change.detail)
    }

    private func created(_ key: ListedKey, _ state: RotationState, now: Date) -> RotationChange {
        let created = entering(.verify, state, .created, "\(key.id)", now: now) { cycle in
            cycle.candidate = HeldKey(id: key.id, createdAt: key.createdAt ?? now, rotation: cycle.rotation)
        }
        return traits.hasValue && !traits.takesOwnValue ? taking(created) : created
    }

    private func verified(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationChange {
        let detail = cycle.candidate.map { "\($0.id) works" } ?? ""
        return entering(.survey, state, .verified, detail, now: now) { $0.candidate?.verifiedAt = now }
    }

    private func used(
        _ lastUse: Date?,
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date
    ) -> RotationChange {
        let idle = pacing.idle ?? 0
        let old = cycle.retiring.map { "\($0.id)" } ?? "the old key"
        guard let lastUse, lastUse.addingTimeInterval(idle) > now else {
            let next: RotationStage = traits.canDisable ? .confirmDisable : .confirmDelete
            return entering(next, state, .idle, "nobody uses \(old)", now: now)
        }
        let used = "\(old) was used at \(lastUse.ISO8601Format())"
        guard now.timeIntervalSince(cycle.since) < pacing.idleWithin else {
            return halted(
                state,
                "\(used), and should be idle by now; find who uses it, then run: \(resumption)",
                now: now
            )
        }
        // Looked at once a minute at most; a use in the future is a clock that differs.
        let again = max(now.addingTimeInterval(60), min(lastUse, now).addingTimeInterval(idle))
        return changing(state, .waiting, used) { cycle in
            cycle.lastFault = used
            cycle.retryAt = min(again, cycle.since.addingTimeInterval(pacing.idleWithin))
        }
    }

    private func deleted(
        _ key: KeyID,
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date
    ) -> RotationChange {
        if cycle.surplus.contains(key) {
            return changing(state, .deleted, "\(key), which nobody used") { cycle in
                cycle.surplus.removeAll { $0 == key }
                (cycle.isPending, cycle.attempts, cycle.retryAt, cycle.lastFault) = (false, 0, nil, nil)
            }
        }
        return entering(.forget, state, .deleted, "\(key), the old key", now: now)
    }
}
