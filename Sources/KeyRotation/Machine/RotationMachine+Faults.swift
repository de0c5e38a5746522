internal import FoundationEssentials

extension RotationMachine {
    /// What a fault means for the call that it answers.
    func failed(
        _ step: IssuerStep,
        _ fault: IssuerFault,
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date,
        draw: Double
    ) -> RotationChange {
        switch step {
        case .create: creationFailed(fault, state, now: now, draw: draw)
        case .verify: verificationFailed(fault, state, now: now, draw: draw)
        case .read: readingFailed(fault, state, cycle, now: now, draw: draw)
        case .list: plainly(fault, state, cycle, now: now, draw: draw, absent: nil)
        case .activity, .disable:
            if fault.code == .unsupported, case .disable = step {
                entering(.confirmDelete, state, .waiting, "it cannot be disabled, and is to be deleted", now: now)
            } else {
                plainly(fault, state, cycle, now: now, draw: draw) {
                    entering(.forget, state, .deleted, "the old key is gone already", now: now)
                }
            }
        case .enable:
            plainly(fault, state, cycle, now: now, draw: draw) { irrecoverable(state, cycle, now: now) }
        case .delete(let key) where fault.code == .unsupported && traits.isSingular:
            kept(key, fault, state, cycle, now: now)
        case .delete(let key):
            plainly(fault, state, cycle, now: now, draw: draw) {
                after(.done, to: .delete(key), state, now: now, draw: draw)
            }
        }
    }

    /// The key that consumers were to have again is gone: they keep the one that they have, where that is the new one.
    func irrecoverable(_ state: RotationState, _ cycle: RotationCycle, now: Date) -> RotationChange {
        let old = cycle.retiring.map { "\($0.id)" } ?? "the old key"
        guard let current = state.current, current.id == cycle.candidate?.id else {
            return halted(state, "\(old) is gone, so consumers cannot have it back; \(lookAtOrphans)", now: now)
        }
        return entering(
            .forget,
            state,
            .deleted,
            "\(old) is gone, so nothing is rolled back, and consumers keep \(current.id)",
            now: now
        )
    }

    /// Where there is one place, a key that its service does not delete goes when the next one comes: it is not waited for.
    private func kept(
        _ key: KeyID,
        _ fault: IssuerFault,
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date
    ) -> RotationChange {
        guard cycle.surplus.contains(key) else {
            return entering(.forget, state, .kept, fault.message, now: now) { $0.retiring = nil }
        }
        return changing(state, .kept, fault.message) { cycle in
            cycle.surplus.removeAll { $0 == key }
            cycle.kept = (cycle.kept ?? []) + [key]
            (cycle.isPending, cycle.attempts, cycle.retryAt, cycle.lastFault) = (false, 0, nil, nil)
        }
    }

    /// Calls that may be repeated: an outage is waited for, and what needs a person halts.
    private func plainly(
        _ fault: IssuerFault,
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date,
        draw: Double,
        absent: (() -> RotationChange)?
    ) -> RotationChange {
        let halt = { halted(state, "\(fault.message); then run: \(resumption)", now: now) }
        switch fault.meaning {
        case .absent:
            return absent.map { $0() } ?? halt()
        case .stuck:
            return halt()
        case .later, .unknown:
            return retrying(
                state,
                fault.message,
                after: fault.retryAfter,
                now: now,
                draw: draw,
                within: pacing.stepWithin,
                // Nothing was made yet: the next rotation begins anew.
                otherwise: { cycle.stage == .plan ? abandoned(state, fault.message, now: now) : halt() }
            )
        }
    }

    private func creationFailed(
        _ fault: IssuerFault,
        _ state: RotationState,
        now: Date,
        draw: Double
    ) -> RotationChange {
        switch fault.meaning {
        case .later:
            return retrying(
                withoutCreation(state),
                fault.message,
                after: fault.retryAfter,
                now: now,
                draw: draw,
                within: pacing.stepWithin
            ) {
                abandoned(withoutCreation(state), fault.message, now: now)
            }
        case .unknown:
            return entering(.recover, state, .recovering, fault.message, now: now)
        case .stuck where fault.code == .conflict && traits.takesOwnValue:
            // The value is ours alone, so a key that has it is, too.
            return entering(.recover, state, .recovering, fault.message, now: now)
        case .stuck where fault.code == .notReadable:
            // It was made, and its value was not told.
            return entering(.recover, state, .recovering, fault.message, now: now)
        case .absent, .stuck:
            return halted(withoutCreation(state), "\(fault.message); then run: \(resumption)", now: now)
        }
    }

    /// The creation that was written down did not happen.
    private func withoutCreation(_ state: RotationState) -> RotationState {
        var state = state
        state.cycle?.creations -= 1
        state.cycle?.asked -= 1
        if !state.creations.isEmpty { state.creations.removeLast() }
        return state
    }

    private func verificationFailed(
        _ fault: IssuerFault,
        _ state: RotationState,
        now: Date,
        draw: Double
    ) -> RotationChange {
        let isOutage: Bool =
            switch fault.code {
            case .notSent, .unknownOutcome, .noToken, .unauthorized, .rateLimited: true
            case .forbidden, .notFound, .conflict, .locked, .quotaExceeded, .notUsable, .notReadable, .rejected,
                .unsupported:
                // Any of them may be what a key gets that has not reached every place.
                false
            }
        return retrying(
            state,
            fault.message,
            after: fault.retryAfter,
            now: now,
            draw: draw,
            within: isOutage ? pacing.stepWithin : pacing.verifyWithin
        ) {
            abandoned(state, "the new key did not come to work: \(fault.message)", now: now)
        }
    }

    private func readingFailed(
        _ fault: IssuerFault,
        _ state: RotationState,
        _ cycle: RotationCycle,
        now: Date,
        draw: Double
    ) -> RotationChange {
        let giveUp = {
            // Where there is one place, another would end the key in use before consumers have its successor.
            if traits.isSingular {
                return abandoned(state, "the value of the new key cannot be read: \(fault.message)", now: now)
            }
            return entering(
                .create,
                state,
                .recovering,
                "its value is lost, so another is made: \(fault.message)",
                now: now
            ) {
                cycle in
                if let key = cycle.candidate?.id { cycle.surplus.append(key) }
                cycle.candidate = nil
            }
        }
        switch fault.meaning {
        case .stuck: return giveUp()
        case .later, .unknown, .absent:
            // A key that was just made may not be there for reading yet (reference: IBM API, section 10, pitfall 3).
            let within = fault.meaning == .absent ? pacing.settle : pacing.stepWithin
            return retrying(
                state,
                fault.message,
                after: fault.retryAfter,
                now: now,
                draw: draw,
                within: within,
                otherwise: giveUp
            )
        }
    }
}
