internal import FoundationEssentials
internal import KeyRotation

extension RotationRun {
    /// A node begins to lead: what it knows is what the journal has.
    mutating func lead(_ node: Int) {
        guard !etcd.isAway(now) else {
            queue.schedule(.elect(node: node), at: now.after(1))
            return
        }
        let term = etcd.begin(node)
        record.terms = term
        states[term] = machine.resumed(journal, now: now.wall)
        queue.schedule(.step(term: term), at: now.after(0.01))
    }

    /// The lease of a leader ends that does not keep it alive: another node leads then.
    private mutating func succeed(_ term: Int64) {
        queue.schedule(.elect(node: Int(random.next() % UInt64(scenario.nodes))), at: now.after(scenario.lease))
    }

    mutating func step(_ term: Int64) {
        guard let state = states[term] else { return }
        if let change = boardIsComplete(state) {
            guard write(change, term) else { return }
            record.completeAt = now.seconds
            queue.schedule(.step(term: term), at: now.after(0.01))
            return
        }
        switch machine.next(state, now: now.wall, rotation: RotationID(random.next())) {
        case .rest(let until):
            guard isLast(term) else { return }
            record.halted = state.suspension?.reason
            guard let until else {
                if state.cycle == nil, state.lastSuccess != nil { record.finishedAt = now.seconds }
                return
            }
            let rest = until.timeIntervalSince(now.wall)
            // The board is looked at now and then.
            queue.schedule(.step(term: term), at: now.after(max(0.001, min(rest, Self.boardDistance))))
        case .note(let change):
            guard write(change, term) else { return }
            queue.schedule(.step(term: term), at: now.after(0.01))
        case .issuer(let step, let before):
            guard isSure(term, for: Self.longestCall) else { return }
            if let before, !write(before, term) { return }
            check(step)
            let answer = issuer.perform(step, plan: machine.rules.plan, now: now)
            queue.schedule(.answered(term: term, step, answer), at: now.after(0.2 + random.wait(mean: 0.2)))
            if case .create = step, scenario.leaderDies, term == 1 {
                dead.insert(term)
                succeed(term)
            }
        case .consumers:
            // The rules of this run name the board as an acknowledger.
            return
        case .sink(let sink, let step, let before):
            if let before, !write(before, term) { return }
            queue.schedule(.published(term: term, sink: sink, step), at: now.after(0.02))
        }
    }

    mutating func answered(_ term: Int64, _ step: IssuerStep, _ answer: IssuerAnswer) {
        guard let state = states[term] else { return }
        guard write(machine.after(answer, to: step, state, now: now.wall, draw: random.draw()), term) else { return }
        switch step {
        case .disable(ModelledIssuer.old): record.disabledAt = now.seconds
        case .delete(ModelledIssuer.old): record.deletedAt = now.seconds
        default: break
        }
        queue.schedule(.step(term: term), at: now.after(0.01))
    }

    mutating func published(_ term: Int64, _ sink: String, _ step: SinkStep) {
        guard let state = states[term], let rotation = state.cycle?.rotation else { return }
        if case .publish = step {
            if !isPublished { publish() }
            if still == nil, scenario.leaderStandsStill > 0 {
                // The process stops where it is: what it was about to write, it writes when it goes on.
                still = (term, now.after(scenario.leaderStandsStill))
                queue.schedule(.published(term: term, sink: sink, step), at: now)
                return succeed(term)
            }
        }
        let print = SinkPrint(rotation: rotation, text: "\(rotation)")
        let answer: SinkAnswer = if case .forget = step { .done } else { .holds(print) }
        let change = machine.after(answer, to: step, of: sink, state, now: now.wall, draw: random.draw())
        guard write(change, term) else { return }
        queue.schedule(.step(term: term), at: now.after(0.01))
    }

    /// The nodes that run hear of it; etcd goes away soon after.
    private mutating func publish() {
        isPublished = true
        record.publishedAt = now.seconds
        for node in 0..<scenario.nodes {
            guard let absence = consumers.absence(node) else { continue }
            let heard = absence > 0 ? now.after(absence) : etcd.event(at: now)
            queue.schedule(.receive(node: Int32(node)), at: heard)
        }
        etcd.goAway(from: now.after(2), for: scenario.etcdAway)
    }

    // MARK: What etcd decides

    /// Writes an entry of the journal: refused when another term has begun, tried again while etcd is away.
    private mutating func write(_ change: RotationChange, _ term: Int64) -> Bool {
        guard isLast(term) else {
            record.lateWritesRefused += 1
            return false
        }
        guard etcd.write(at: now) != nil else {
            // As after any error of the journal: what it has is what is believed.
            states[term] = machine.resumed(journal, now: now.wall)
            queue.schedule(.step(term: term), at: now.after(1))
            return false
        }
        (journal, states[term]) = (change.state, change.state)
        return true
    }

    private func isLast(_ term: Int64) -> Bool { etcd.term?.number == term }

    /// Whether the term surely lasts long enough for a call.
    private mutating func isSure(_ term: Int64, for seconds: Double) -> Bool {
        guard isLast(term), !etcd.isAway(now) else {
            record.callsNotSent += 1
            queue.schedule(.step(term: term), at: now.after(1))
            return false
        }
        return seconds < scenario.lease
    }

    // MARK: What is checked

    /// The acknowledgement of the whole fleet, once everybody has the key who is waited for.
    private mutating func boardIsComplete(_ state: RotationState) -> RotationChange? {
        guard let cycle = state.cycle, cycle.stage == .acknowledge, cycle.acknowledgements.isEmpty,
            let publishedAt = record.publishedAt, !etcd.isAway(now),
            consumers.areComplete(sincePublished: now.seconds - publishedAt)
        else { return nil }
        return try? machine.commanded(.acknowledge(Self.fleet), state, now: now.wall)
    }

    /// Nobody who runs may have the old key when it is taken away.
    private mutating func check(_ step: IssuerStep) {
        switch step {
        case .disable(ModelledIssuer.old), .delete(ModelledIssuer.old):
            let since = record.publishedAt.map { now.seconds - $0 } ?? .infinity
            record.nodesWithoutKey = max(record.nodesWithoutKey, consumers.without(sincePublished: since))
        default: break
        }
    }

    /// How often the leader looks who has acknowledged, in seconds.
    private static let boardDistance = 5.0
    private static let longestCall = 10.0
}
