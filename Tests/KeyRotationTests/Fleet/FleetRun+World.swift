import BrokerTesting
import FoundationEssentials
import JOSE
import KeyRotation
import Synchronization

extension FleetRun {
    /// Carries out one thing that a node asks for, or not, as is decided.
    ///
    /// - Parameters:
    ///   - question: what is asked.
    ///   - actor: the node.
    ///   - lost: what the node hears when it is not carried out.
    ///   - unknown: what it hears when it may have been.
    ///   - effect: carries it out.
    /// - Returns: what the node hears.
    /// - Throws: ``Interruption`` when the node ends.
    func perform<Answer: Sendable>(
        _ question: FleetQuestion,
        _ actor: Actor,
        lost: Answer,
        unknown: Answer,
        _ effect: @escaping @Sendable () async -> Answer
    ) async throws(Interruption) -> Answer {
        guard !state.withLock({ $0.isOver }) else { return await effect() }
        switch await turns.ask(question, actor) {
        case .carryOut: return await effect()
        case .carryOutAndHold:
            let answer = await effect()
            guard case .carryOut = await turns.ask(FleetQuestion(kind: .answer, name: "answer"), actor) else {
                throw Interruption()
            }
            return answer
        case .loseRequest: return lost
        case .loseAnswer:
            _ = await effect()
            return unknown
        case .arriveLate:
            state.withLock { state in
                state.late.append(Late(left: state.isLateNext ?? 0, effect: { _ = await effect() }))
                state.isLateNext = nil
            }
            return unknown
        case .die: throw Interruption()
        case .carryOutAndDie:
            _ = await effect()
            throw Interruption()
        }
    }

    func now() -> Date { watch.now }

    /// The world of a node that leads.
    func surroundings(_ actor: Actor, _ term: Int64) -> RotationDriver.Surroundings {
        let term = RotationTerm(
            number: term,
            journal: FleetJournal(run: self, actor: actor, term: term),
            publication: FleetPublication(run: self, actor: actor, term: term),
            isSure: { [self] length in
                state.withLock { state in
                    state.sure[actor].map { $0.timeIntervalSince(watch.now) > Double(length.components.seconds) }
                        ?? false
                }
            },
            ended: {},
            resign: {}
        )
        return
            RotationDriver.Surroundings(
                issuer: FleetIssuer(run: self, actor: actor),
                sinks: [:],
                journal: term.journal,
                sealer: PlainSealer(),
                board: FleetBoard(run: self, actor: actor),
                now: { [self] in now() },
                draw: { 0.5 },
                newRotation: { [self] in RotationID(draw()) },
                newValue: { [self] in KeyMaterial(["secret": Redacted("drawn-\(draw())")]) }
            )
            .under(term)
    }

    private func draw() -> UInt64 {
        state.withLock { state in
            state.drawn += 1
            return state.drawn
        }
    }
}

private struct FleetIssuer: KeyIssuer {
    let run: FleetRun
    let actor: Actor

    func perform(_ call: IssuerCall) async throws(Interruption) -> IssuerAnswer {
        let lost = IssuerAnswer.fault(IssuerFault(.notSent, "it was not sent"))
        let unknown = IssuerAnswer.fault(IssuerFault(.unknownOutcome, "no answer came"))
        let question = FleetQuestion(kind: .service, name: call.kind, isChange: call.isChange)
        let issuer = run.issuer
        return try await run.perform(question, actor, lost: lost, unknown: unknown) {
            // It never ends by itself.
            (try? await issuer.perform(call)) ?? unknown
        }
    }

    func requests(for step: IssuerStep) -> [String] { [] }
}

private struct FleetJournal: RotationJournal {
    let run: FleetRun
    let actor: Actor
    let term: Int64

    private static let away = JournalError(.unavailable, "the store does not answer")

    func latest() async throws(JournalError) -> [JournalRecord] {
        let (run, question) = (run, FleetQuestion(kind: .store, name: "read"))
        let answer: Result<[JournalRecord], JournalError>
        do throws(Interruption) {
            answer = try await run.perform(question, actor, lost: .failure(Self.away), unknown: .failure(Self.away)) {
                run.state.withLock { .success($0.store.record.map { [$0] } ?? []) }
            }
        } catch {
            throw Self.away
        }
        return try answer.get()
    }

    func append(_ entry: JournalEntry) async throws(JournalError) {
        let question = FleetQuestion(kind: .store, name: "write \(entry.event.kind)", isChange: true)
        let (run, term) = (run, term)
        let answer: Result<Void, JournalError>
        do throws(Interruption) {
            answer = try await run.perform(question, actor, lost: .failure(Self.away), unknown: .failure(Self.away)) {
                let now = run.now()
                return run.state.withLock { state in
                    Result { () throws(JournalError) in try state.store.append(entry, term, now) }
                }
            }
        } catch {
            throw Self.away
        }
        try answer.get()
    }

    func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] { [] }
}

private struct FleetPublication: KeySink {
    let run: FleetRun
    let actor: Actor
    let term: Int64

    func perform(_ call: SinkCall) async throws(Interruption) -> SinkAnswer {
        let away = SinkAnswer.fault(SinkFault("the store does not answer"))
        let isChange = if case .inspect = call { false } else { true }
        let question = FleetQuestion(kind: .store, name: call.kind, isChange: isChange)
        let (run, term) = (run, term)
        let seen = run.state.withLock { $0.store.current?.revision }
        return try await run.perform(question, actor, lost: away, unknown: away) {
            let now = run.now()
            return run.state.withLock { $0.store.perform(call, seen: seen, term, now) }
        }
    }
}

private struct FleetBoard: ConsumerBoard {
    let run: FleetRun
    let actor: Actor

    private static let away = JournalError(.unavailable, "the store does not answer")

    func consumers(of plan: PlanName) async throws(JournalError) -> [KeyConsumer] {
        let (run, question) = (run, FleetQuestion(kind: .store, name: "consumers"))
        let answer: Result<[KeyConsumer], JournalError>
        do throws(Interruption) {
            answer = try await run.perform(question, actor, lost: .failure(Self.away), unknown: .failure(Self.away)) {
                let node = run.node
                return run.state.withLock { state in
                    let isLive = state.holds[.consumer]?.isStill != true && state.cutOff[.consumer] == nil
                    return .success([
                        KeyConsumer(
                            node: node,
                            inUse: state.store.acknowledged,
                            since: nil,
                            lastSeen: state.store.lastSeen,
                            isLive: isLive
                        )
                    ])
                }
            }
        } catch {
            throw Self.away
        }
        return try answer.get()
    }

    func acknowledge(_ rotation: RotationID?, of plan: PlanName, now: Date) async throws(JournalError) {}

    func withdraw(from plan: PlanName) async throws(JournalError) {}
}
