import FoundationEssentials
import KeyRotation
import Synchronization

extension FleetRun {
    /// More than any run needs.
    private static let mostTurns = 10_000
    /// A step of time across which nobody is kept waiting: the old key is kept for a day for a node that is away.
    private static let longStep: TimeInterval = 600

    /// Runs all nodes until nothing is to be done any more.
    func play() async {
        await turns.begin { [self] in await rotate(.first) }
        await turns.begin { [self] in await rotate(.second) }
        await turns.begin { [self] in await consume() }
        var last = Actor.consumer
        for turn in 0... {
            guard turn < Self.mostTurns else {
                violated("it does not end")
                break
            }
            check()
            await arrive()
            await release()
            let questions = turns.questions
            let ready = questions.filter { isReady($0.key, $0.value) }.keys.sorted()
            guard let actor = ready.first(where: { $0 > last }) ?? ready.first, let question = questions[actor] else {
                if await passTime(questions) { continue }
                break
            }
            last = actor
            if isAtRest(questions) { break }
            await decide(question, actor)
        }
        await end()
    }

    // MARK: Who may go on

    private func isReady(_ actor: Actor, _ question: FleetQuestion) -> Bool {
        let now = now()
        return state.withLock { state in
            guard state.holds[actor] == nil else { return false }
            return switch question.kind {
            case .store, .service, .answer: true
            case .campaign: state.cutOff[actor] == nil && state.store.mayLead(now)
            case .change(let revision, let until):
                until <= now || state.cutOff[actor] == nil && state.store.current?.revision != revision
            case .rest(let until):
                until.map { $0 <= now } ?? false || isOrdered(state, actor)
                    || state.terms[actor].map { !believes(state, actor, $0, now) } ?? false
            }
        }
    }

    /// Whether an order wakes it.
    private func isOrdered(_ state: State, _ actor: Actor) -> Bool { state.wantsRollback && state.terms[actor] != nil }

    private func believes(_ state: State, _ actor: Actor, _ term: Int64, _ now: Date) -> Bool {
        if state.cutOff[actor] == nil, state.store.leader?.term != term { return false }
        return (state.sure[actor] ?? now) > now
    }

    /// Whether the rotation is over, one way or the other, and everybody has heard.
    private func isAtRest(_ questions: [Actor: FleetQuestion]) -> Bool {
        guard state.withLock({ $0.holds.isEmpty && $0.late.isEmpty && $0.cutOff.isEmpty }), outcome != nil else {
            return false
        }
        let isIdle = questions.allSatisfy { _, question in
            switch question.kind {
            case .campaign, .rest, .change: true
            case .store, .service, .answer: false
            }
        }
        return isIdle && state.withLock { $0.consumer?.revision == $0.store.current?.revision }
    }

    // MARK: Time

    /// Goes on to the next time that somebody waits for.
    ///
    /// - Returns: whether there is any.
    private func passTime(_ questions: [Actor: FleetQuestion]) async -> Bool {
        let now = now()
        let times: [Date] = state.withLock { state in
            questions.compactMap { actor, question in
                guard state.holds[actor] == nil else { return nil }
                return switch question.kind {
                case .campaign: state.cutOff[actor] == nil ? state.store.leader.flatMap { ends(state, $0) } : nil
                case .change(_, let until): until
                case .rest(let until): [until, lives(state, actor) ? nil : state.sure[actor]].compactMap(\.self).min()
                case .store, .service, .answer: nil
                }
            }
        }
        let next = times.filter { $0 > now }.min()
        if next.map({ $0.timeIntervalSince(now) > Self.longStep }) ?? true, await hurry() { return true }
        guard let next else { return false }
        pass(to: next)
        return true
    }

    private func lives(_ state: State, _ actor: Actor) -> Bool {
        state.cutOff[actor] == nil && state.holds[actor]?.isStill != true
    }

    /// When a lease ends that nobody renews.
    private func ends(_ state: State, _ leader: FleetStore.Leader) -> Date? {
        state.terms[leader.actor] == leader.term && lives(state, leader.actor) ? nil : leader.leaseEnds
    }

    /// Leases of nodes that live are renewed all the while.
    private func pass(to time: Date) {
        watch.advance(to: time)
        let now = now()
        state.withLock { state in
            for (actor, term) in state.terms where lives(state, actor) {
                guard state.store.leader?.term == term else { continue }
                state.store.keepAlive(actor, term, now)
                state.sure[actor] = now.addingTimeInterval(FleetStore.leaseLength)
            }
            if lives(state, .consumer) { state.store.lastSeen = now }
            state.store.expire(now)
        }
    }

    // MARK: What is held up

    /// Ends what is held up first, as nobody else does anything.
    private func hurry() async -> Bool {
        state.withLock { state in
            let counts = state.holds.values.map(\.left) + state.cutOff.values + state.late.map(\.left)
            guard let least = counts.min() else { return false }
            count(&state, least, but: nil)
            return true
        }
    }

    private func count(_ state: inout State, _ things: Int, but actor: Actor?) {
        for other in state.holds.keys where other != actor { state.holds[other]?.left -= things }
        for other in state.cutOff.keys { state.cutOff[other]? -= things }
        for index in state.late.indices { state.late[index].left -= things }
    }

    /// What was sent long ago arrives.
    private func arrive() async {
        let due = state.withLock { state in
            defer { state.late.removeAll { $0.left <= 0 } }
            return state.late.filter { $0.left <= 0 }
        }
        for late in due { await late.effect() }
    }

    private func release() async {
        let due: [(Actor, FleetVerdict?)] = state.withLock { state in
            for actor in Actor.allCases where state.cutOff[actor].map({ $0 <= 0 }) ?? false {
                state.cutOff[actor] = nil
            }
            let due = Actor.allCases.filter { state.holds[$0].map { $0.left <= 0 } ?? false }
            return due.map { actor in (actor, state.holds.removeValue(forKey: actor)?.verdict) }
        }
        for (actor, verdict) in due {
            if let verdict {
                await turns.decide(verdict, actor)
            } else if actor.isRotator {
                await turns.begin { [self] in await rotate(actor) }
            } else {
                await turns.begin { [self] in await consume() }
            }
        }
    }

    // MARK: Decisions

    private func decide(_ question: FleetQuestion, _ actor: Actor) async {
        guard question.isFallible else {
            await turns.decide(.carryOut, actor)
            return
        }
        let isAway = state.withLock { $0.cutOff[actor] != nil }
        let number = state.withLock { state in
            let number = state.points.count
            let point = FleetPoint(number: number, actor: actor, kind: question.kind, isChange: question.isChange)
            state.points.append(point)
            count(&state, 1, but: actor)
            return number
        }
        let choice = schedule.choices[number] ?? .deliver
        state.withLock { $0.trace.append("\(number) \(actor) \(question.name)\(isAway ? " (cut off)" : "") \(choice)") }
        pass(to: now().addingTimeInterval(1))
        if isAway, question.kind == .store {
            await turns.decide(.loseRequest, actor)
            return
        }
        switch choice {
        case .deliver: await turns.decide(.carryOut, actor)
        case .rollBack:
            state.withLock { $0.wantsRollback = true }
            await turns.decide(.carryOut, actor)
        case .loseRequest: await turns.decide(.loseRequest, actor)
        case .loseAnswer: await turns.decide(.loseAnswer, actor)
        case .arriveLate(let count):
            state.withLock { $0.isLateNext = count }
            await turns.decide(.arriveLate, actor)
        case .delay(let count): hold(actor, count, isStill: false, .carryOut)
        case .pauseBefore(let count):
            hold(actor, count, isStill: true, .carryOut)
            outlastLease()
        case .pauseAfter(let count):
            await turns.decide(.carryOutAndHold, actor)
            hold(actor, count, isStill: true, .carryOut)
            outlastLease()
        case .dieBefore(let count):
            hold(actor, count, isStill: true, nil)
            await turns.decide(.die, actor)
        case .dieAfter(let count):
            hold(actor, count, isStill: true, nil)
            await turns.decide(.carryOutAndDie, actor)
        case .cutOff(let count):
            state.withLock { $0.cutOff[actor] = count }
            await turns.decide(question.kind == .store ? .loseRequest : .carryOut, actor)
        }
    }

    private func hold(_ actor: Actor, _ count: Int, isStill: Bool, _ verdict: FleetVerdict?) {
        state.withLock { state in
            state.holds[actor] = Hold(left: count, isStill: isStill, verdict: verdict)
            if verdict == nil { state.terms[actor] = nil }
        }
    }

    private func outlastLease() { pass(to: now().addingTimeInterval(FleetStore.leaseLength + 1)) }

    // MARK: The end

    private func end() async {
        state.withLock { $0.isOver = true }
        while let actor = turns.questions.keys.first { await turns.decide(.die, actor) }
    }
}
