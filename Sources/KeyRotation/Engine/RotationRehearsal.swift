package import FoundationEssentials

/// What a rotation would do, if all went well: the state machine itself, played with answers that are made up.
package struct RotationRehearsal: Sendable {
    /// One thing that would be done.
    package struct Step: Sendable {
        package enum Action: Sendable {
            case issuer(IssuerStep)
            case sink(String, SinkStep)
            /// Until the time of the next step.
            case wait
            /// For this consumer.
            case acknowledgement(String)
            /// For the nodes of the fleet.
            case consumers
        }

        /// When, at the earliest.
        package let at: Date
        package let stage: RotationStage
        package let action: Action
    }

    private let machine: RotationMachine
    private var state: RotationState
    private var keys: [ListedKey]
    private var now: Date
    private let rotation: RotationID

    /// - Parameters:
    ///   - machine: decides.
    ///   - state: where the plan stands; a rotation under way is played to its end.
    ///   - keys: what the service lists now.
    ///   - now: the wall clock.
    ///   - rotation: an ID for a rotation that begins.
    package init(
        _ machine: RotationMachine,
        from state: RotationState,
        keys: [ListedKey],
        now: Date,
        rotation: RotationID
    ) {
        (self.machine, self.state, self.keys, self.now, self.rotation) = (machine, state, keys, now, rotation)
        self.state.prepareRehearsal()
    }

    private static let mostSteps = 512
    private static let newKey = KeyID("NEW-KEY")

    /// Plays it to its end.
    ///
    /// - Returns: the steps, and why it would end before; `nil` when it would not.
    package mutating func play() -> (steps: [Step], refusal: String?) {
        var steps: [Step] = []
        for _ in 0..<Self.mostSteps {
            let stage = state.cycle?.stage ?? .plan
            if let suspension = state.suspension { return (steps, suspension.reason) }
            switch machine.next(state, now: now, rotation: rotation) {
            case .rest(let until):
                guard let until else { return (steps, "the schedule never allows it") }
                if state.cycle?.stage == .acknowledge, let consumer = missing {
                    steps.append(Step(at: now, stage: stage, action: .acknowledgement(consumer)))
                    guard let change = try? machine.commanded(.acknowledge(consumer), state, now: now) else {
                        return (steps, "'\(consumer)' cannot acknowledge")
                    }
                    state = change.state
                } else {
                    steps.append(Step(at: now, stage: stage, action: .wait))
                    now = max(now.addingTimeInterval(1), until)
                }
            case .note(let change):
                state = change.state
            case .issuer(let step, let before):
                if let before { state = before.state }
                steps.append(Step(at: now, stage: stage, action: .issuer(step)))
                state = machine.after(answer(step), to: step, state, now: now, draw: 0).state
            case .sink(let name, let step, let before):
                if let before { state = before.state }
                steps.append(Step(at: now, stage: stage, action: .sink(name, step)))
                let print = SinkPrint(rotation: rotation, text: "rehearsed")
                state = machine.after(.holds(print), to: step, of: name, state, now: now, draw: 0).state
            case .consumers:
                steps.append(Step(at: now, stage: stage, action: .consumers))
                // They all have it.
                guard case .note(let change) = machine.after([], state, now: now) else {
                    return (steps, "the nodes of the fleet are waited for in vain")
                }
                state = change.state
            }
            if state.cycle == nil, state.request == nil { return (steps, nil) }
        }
        return (steps, "it would take more than \(Self.mostSteps) steps")
    }

    private var missing: String? {
        machine.rules.acknowledgers.first { state.cycle?.acknowledgements[$0] == nil }
    }

    private mutating func answer(_ step: IssuerStep) -> IssuerAnswer {
        switch step {
        case .list: return .keys(keys)
        case .create(let rotation):
            let name = "\(KeyName(machine.rules.plan, rotation))"
            let key = ListedKey(id: Self.newKey, name: name, createdAt: now)
            // Where there is one place, the new one takes it.
            keys = (machine.traits.canDelete ? keys : []) + [key]
            return .created(key, .none)
        case .read: return .material(.none)
        case .activity: return .lastUse(nil)
        case .delete(let id):
            keys.removeAll { $0.id == id }
            return .done
        case .verify, .disable, .enable: return .done
        }
    }
}

extension RotationState {
    /// As if an operator had asked for a rotation, and nothing were in its way.
    fileprivate mutating func prepareRehearsal() {
        suspension = nil
        cycle?.retryAt = nil
        if cycle == nil { request = .now }
    }
}
