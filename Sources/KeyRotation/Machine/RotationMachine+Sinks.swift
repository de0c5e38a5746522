package import FoundationEssentials

extension RotationMachine {
    /// What an answer of a sink means.
    ///
    /// - Parameters:
    ///   - answer: the answer.
    ///   - step: what was asked for.
    ///   - sink: the sink's name.
    ///   - state: what is written down.
    ///   - now: the wall clock.
    ///   - draw: a number from 0 to 1 that spreads attempts.
    /// - Returns: what is to be written down.
    package func after(
        _ answer: SinkAnswer,
        to step: SinkStep,
        of sink: String,
        _ state: RotationState,
        now: Date,
        draw: Double
    ) -> RotationChange {
        switch (step, answer) {
        case (.publish, .holds(let print)) where !print.text.isEmpty:
            done(sink, state, .publishing, "\(sink) has the new key") { cycle in
                cycle.candidate?.prints[sink] = print
            }
        case (.restore, .holds(let print)):
            done(sink, state, .rollingBack, "\(sink) has the old key") { cycle in
                cycle.retiring?.prints[sink] = print
                cycle.confirmed.append(sink)
            }
        case (.inspect, .holds), (.inspect, .done):
            done(sink, state, .confirmed, "\(sink) holds the new key") { $0.confirmed.append(sink) }
        case (.forget, .done), (.forget, .holds), (.forget, .differs):
            done(sink, state, .forgotten, "what \(sink) kept of the old key") { $0.confirmed.append(sink) }
        case (.inspect, .differs(let what)):
            halted(
                state,
                "\(sink) does not hold the key that was published: \(what); the old key stays; make a new one with: "
                    + "iam-broker rotation rollback \(rules.plan), and then: iam-broker rotation run --now \(rules.plan)",
                now: now
            )
        case (.restore, .differs(let what)):
            halted(state, "\(sink) cannot be given the old key: \(what); both keys work; \(lookAtOrphans)", now: now)
        case (_, .fault(let fault)):
            failed(sink, fault, state, now: now, draw: draw)
        case (.publish, .differs(let what)):
            failed(sink, SinkFault("\(sink) reads back something else: \(what)"), state, now: now, draw: draw)
        case (.publish, .holds), (.publish, .done), (.restore, .done):
            failed(sink, SinkFault("\(sink) did not say what it holds"), state, now: now, draw: draw)
        }
    }

    private func done(
        _ sink: String,
        _ state: RotationState,
        _ kind: EventKind,
        _ detail: String,
        _ edit: (inout RotationCycle) -> Void
    ) -> RotationChange {
        changing(state, kind, detail) { cycle in
            edit(&cycle)
            (cycle.isPending, cycle.attempts, cycle.retryAt, cycle.lastFault) = (false, 0, nil, nil)
        }
    }

    private func failed(
        _ sink: String,
        _ fault: SinkFault,
        _ state: RotationState,
        now: Date,
        draw: Double
    ) -> RotationChange {
        let halt = { halted(state, "sink \(sink): \(fault.message); then run: \(resumption)", now: now) }
        guard !fault.isLasting else { return halt() }
        return retrying(
            state,
            "sink \(sink): \(fault.message)",
            now: now,
            draw: draw,
            within: pacing.stepWithin,
            otherwise: halt
        )
    }
}
