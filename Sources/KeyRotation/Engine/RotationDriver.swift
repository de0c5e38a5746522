package import FoundationEssentials
internal import JOSE

/// Carries out the rotations of one plan, one step after the other.
///
/// It belongs to one task. What it believes is what the journal has: after an error ``load()`` comes first.
package struct RotationDriver: Sendable {
    /// The outside world of one plan.
    package struct Surroundings: Sendable {
        package let issuer: any KeyIssuer
        package let sinks: [String: any KeySink]
        package let journal: any RotationJournal
        package let sealer: any ValueSealer
        /// Where the nodes of a fleet say what they use; `nil` on one machine.
        package let board: (any ConsumerBoard)?
        /// Whether this node surely carries out the plan until a call that begins now has ended.
        ///
        /// The services do not tell the calls of a node whose term is over from others: such a call must not begin.
        package let isSure: @Sendable () -> Bool
        package let now: @Sendable () -> Date
        /// A number from 0 to 1 that spreads attempts.
        package let draw: @Sendable () -> Double
        package let newRotation: @Sendable () -> RotationID
        /// A value that nobody can guess, for a key that takes one.
        package let newValue: @Sendable () -> KeyMaterial

        package init(
            issuer: any KeyIssuer,
            sinks: [String: any KeySink],
            journal: any RotationJournal,
            sealer: any ValueSealer,
            board: (any ConsumerBoard)? = nil,
            isSure: @escaping @Sendable () -> Bool = { true },
            now: @escaping @Sendable () -> Date,
            draw: @escaping @Sendable () -> Double,
            newRotation: @escaping @Sendable () -> RotationID,
            newValue: @escaping @Sendable () -> KeyMaterial
        ) {
            (self.issuer, self.sinks, self.journal, self.sealer) = (issuer, sinks, journal, sealer)
            (self.board, self.isSure) = (board, isSure)
            (self.now, self.draw, self.newRotation, self.newValue) = (now, draw, newRotation, newValue)
        }
    }

    /// What a step came to.
    package enum Outcome: Sendable, Equatable {
        /// Something was done, and more may be to do.
        case acted
        /// Nothing is to be done until then; `nil` until a command comes.
        case rest(until: Date?)
    }

    /// Why a step was not finished.
    package enum Stop: Error, Sendable, Equatable {
        case interrupted
        case journal(JournalError)
    }

    package let machine: RotationMachine
    let world: Surroundings
    /// As the journal has it.
    package private(set) var state: RotationState
    /// The nodes that are waited for.
    package private(set) var awaited: [KeyConsumer] = []
    private var sequence = 0
    private var sealed: [UInt8]?

    package init(_ machine: RotationMachine, _ world: Surroundings) {
        (self.machine, self.world) = (machine, world)
        state = RotationState(plan: machine.rules.plan, firstSeen: world.now())
    }

    /// Takes up what the journal has of the plan.
    package mutating func load() async throws(Stop) {
        let plan = machine.rules.plan
        do throws(JournalError) {
            guard let record = try await world.journal.latest().first(where: { $0.plan == plan }) else {
                state = RotationState(plan: plan, firstSeen: world.now())
                (sequence, sealed) = (0, nil)
                try await append(state, .added, "the plan was seen for the first time", .keep)
                return
            }
            guard let decoded = try? JSONDecoder().decode(RotationState.self, from: Data(record.state)) else {
                throw JournalError(.corrupt, "the journal's state of plan \(plan) cannot be read")
            }
            state = machine.resumed(decoded, now: world.now())
            (sequence, sealed) = (record.sequence, record.sealed)
        } catch {
            throw .journal(error)
        }
    }

    /// Does the next thing, if it is time for one.
    package mutating func step() async throws(Stop) -> Outcome {
        awaited = []
        switch machine.next(state, now: world.now(), rotation: world.newRotation()) {
        case .rest(let until):
            return .rest(until: until)
        case .note(let change):
            try await write(change, nil)
        case .issuer(let step, let before):
            if needsValue(step, before), case .failure(let error) = value {
                try await write(machine.valueLost(state, error.message, now: world.now()), nil)
                return .acted
            }
            // A change that must not be made is not announced either: announcements count.
            if step.isChange { try checkTerm() }
            if let before { try await write(before, nil) }
            guard !isHalted else { return .acted }
            let answer = try await ask(step)
            let change = machine.after(answer, to: step, state, now: world.now(), draw: world.draw())
            try await write(change, answer.material)
        case .sink(let name, let step, let before):
            if step == .publish, case .failure(let error) = value {
                try await write(machine.valueLost(state, error.message, now: world.now()), nil)
                return .acted
            }
            if step.isChange { try checkTerm() }
            if let before { try await write(before, nil) }
            let answer = try await ask(name, step)
            let change = machine.after(answer, to: step, of: name, state, now: world.now(), draw: world.draw())
            try await write(change, nil)
        case .consumers:
            return try await hearConsumers()
        }
        return .acted
    }

    private mutating func hearConsumers() async throws(Stop) -> Outcome {
        let consumers: [KeyConsumer]
        do throws(JournalError) {
            guard let board = world.board else {
                throw JournalError(
                    .unavailable,
                    "plan \(machine.rules.plan) waits for nodes of a fleet, and there is none"
                )
            }
            consumers = try await board.consumers(of: machine.rules.plan)
        } catch {
            throw .journal(error)
        }
        switch machine.after(consumers, state, now: world.now()) {
        case .note(let change):
            try await write(change, nil)
            return .acted
        case .wait(let awaited, let until):
            self.awaited = awaited
            return .rest(until: until)
        }
    }

    /// Nothing is changed outside by a node that another one may have followed.
    func checkTerm() throws(Stop) {
        guard world.isSure() else {
            throw .journal(
                JournalError(
                    .deposed,
                    "this node may not carry out plan \(machine.rules.plan) any more: its lease was not renewed in time"
                )
            )
        }
    }

    /// Carries out a command.
    ///
    /// - Returns: why it is refused; `nil` when it is not.
    package mutating func carryOut(_ command: RotationCommand) async throws(Stop) -> CommandRefusal? {
        let change: RotationChange
        do throws(CommandRefusal) {
            change = try machine.commanded(command, state, now: world.now())
        } catch {
            return error
        }
        try await write(change, nil)
        return nil
    }

    /// Writes into the history what changes nothing else.
    mutating func note(_ kind: EventKind, _ detail: String) async throws(Stop) {
        try await writePlainly(RotationChange(state: state, value: .keep, kind: kind, detail: detail), .keep)
    }

    private var isHalted: Bool { state.suspension != nil }

    // MARK: Calls

    /// Whether the call takes the value that the journal has.
    private func needsValue(_ step: IssuerStep, _ before: RotationChange?) -> Bool {
        switch step {
        case .create: machine.traits.takesOwnValue && before?.value != .draw
        case .verify: machine.traits.hasValue
        case .list, .read, .activity, .disable, .enable, .delete: false
        }
    }

    private func ask(_ step: IssuerStep) async throws(Stop) -> IssuerAnswer {
        let call: IssuerCall
        switch step {
        case .list: call = .list
        case .read(let key): call = .read(key)
        case .activity(let key): call = .activity(key)
        case .disable(let key): call = .disable(key)
        case .enable(let key): call = .enable(key)
        case .delete(let key): call = .delete(key)
        case .create(let rotation):
            let name = KeyName(machine.rules.plan, rotation)
            guard machine.traits.takesOwnValue else {
                call = .create(name, nil)
                break
            }
            switch value {
            case .success(let material): call = .create(name, material)
            case .failure(let error): return .fault(IssuerFault(.rejected, error.message))
            }
        case .verify(let key):
            guard machine.traits.hasValue else {
                call = .verify(key, .none)
                break
            }
            switch value {
            case .success(let material): call = .verify(key, material)
            case .failure(let error): return .fault(IssuerFault(.rejected, error.message))
            }
        }
        if call.isChange { try checkTerm() }
        do throws(Interruption) {
            return try await world.issuer.perform(call)
        } catch {
            throw .interrupted
        }
    }

    private func ask(_ name: String, _ step: SinkStep) async throws(Stop) -> SinkAnswer {
        guard let sink = world.sinks[name] else {
            return .fault(SinkFault("the plan has no such sink any more", isLasting: true))
        }
        let call: SinkCall
        switch step {
        case .inspect(let print): call = .inspect(print)
        case .restore(let print): call = .restore(print)
        case .forget(let print): call = .forget(print)
        case .publish:
            guard let cycle = state.cycle, let key = cycle.candidate else {
                return .fault(SinkFault("there is no new key to publish", isLasting: true))
            }
            switch value {
            case .success(let material):
                let plan = machine.rules.plan
                call = .publish(PublishedKey(plan: plan, rotation: cycle.rotation, id: key.id, material: material))
            case .failure(let error): return .fault(SinkFault(error.message, isLasting: true))
            }
        }
        if step.isChange { try checkTerm() }
        do throws(Interruption) {
            return try await sink.perform(call)
        } catch {
            throw .interrupted
        }
    }

    /// The value of the new key, between its creation and its publication.
    private var value: Result<KeyMaterial, SealError> {
        guard let cycle = state.cycle, let sealed else {
            return .failure(SealError("the journal has no value of the new key"))
        }
        do throws(SealError) {
            let document = try world.sealer.open(sealed, for: context(cycle))
            guard let material = KeyMaterial(document: document.exposed) else {
                throw SealError("the value of the new key is not what was sealed")
            }
            return .success(material)
        } catch {
            return .failure(error)
        }
    }

    /// What a sealed value is bound to, so that it opens nowhere else.
    private func context(_ cycle: RotationCycle) -> String { "\(KeyName(machine.rules.plan, cycle.rotation))" }

    // MARK: The journal

    mutating func write(_ change: RotationChange, _ material: KeyMaterial?) async throws(Stop) {
        let sealing: JournalEntry.SealedChange
        switch change.value {
        case .keep: sealing = .keep
        case .wipe: sealing = .wipe
        case .draw, .take:
            do throws(SealError) {
                sealing = .store(try box(change.value == .draw ? world.newValue() : material, change.state))
            } catch {
                try await writePlainly(unsealed(change, error))
                return
            }
        }
        try await writePlainly(change, sealing)
    }

    private func box(_ material: KeyMaterial?, _ state: RotationState) throws(SealError) -> [UInt8] {
        guard let cycle = state.cycle, let document = material?.document else {
            throw SealError("the new key came without a value that can be sealed")
        }
        return try world.sealer.seal(document, for: context(cycle))
    }

    /// A key whose value cannot be kept is of no use; one that is not made yet is not made.
    private func unsealed(_ change: RotationChange, _ error: SealError) -> RotationChange {
        let now = world.now()
        guard change.value == .take else {
            return machine.halted(state, "\(error.message); then run: \(machine.resumption)", now: now)
        }
        return machine.abandoned(change.state, error.message, now: now)
    }

    private mutating func writePlainly(
        _ change: RotationChange,
        _ sealing: JournalEntry.SealedChange = .wipe
    ) async throws(Stop) {
        do throws(JournalError) {
            try await append(change.state, change.kind, change.detail, sealing)
        } catch {
            throw .journal(error)
        }
    }

    private mutating func append(
        _ state: RotationState,
        _ kind: EventKind,
        _ detail: String,
        _ sealing: JournalEntry.SealedChange
    ) async throws(JournalError) {
        guard let document = try? JSONEncoder().encode(state) else {
            throw JournalError(.unavailable, "the state of plan \(state.plan) cannot be written as JSON")
        }
        let event = JournalEvent(
            plan: state.plan,
            rotation: state.cycle?.rotation ?? self.state.cycle?.rotation,
            at: world.now(),
            kind: kind.rawValue,
            detail: detail
        )
        try await world.journal.append(
            JournalEntry(
                plan: state.plan,
                sequence: sequence + 1,
                state: Array(document),
                sealed: sealing,
                event: event
            )
        )
        sequence += 1
        self.state = state
        switch sealing {
        case .keep: break
        case .store(let box): sealed = box
        case .wipe: sealed = nil
        }
    }
}

extension IssuerAnswer {
    /// The value that came with it.
    fileprivate var material: KeyMaterial? {
        switch self {
        case .created(_, let material), .material(let material): material
        case .keys, .lastUse, .done, .fault: nil
        }
    }
}
