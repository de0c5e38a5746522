internal import FoundationEssentials
package import KeyRotation

extension ScriptedFleet {
    package func leadership(of node: NodeName) -> any RotationLeadership {
        join(node)
        return Leadership(fleet: self, node: node)
    }

    package func board(of node: NodeName) -> any ConsumerBoard {
        join(node)
        return Board(fleet: self, node: node)
    }

    package func feed(of node: NodeName) -> any KeyFeed {
        join(node)
        return Feed(fleet: self)
    }

    /// The journal for who only reads.
    package func journal() -> any RotationJournal { Journal(fleet: self, term: nil) }
}

private struct Leadership: RotationLeadership {
    let fleet: ScriptedFleet
    let node: NodeName

    func lead(_ plan: PlanName) async throws(Interruption) -> RotationTerm {
        if fleet.store.leader(of: plan) == node { fleet.changeStore { store, _, _ in store.leave(plan, by: node) } }
        let number = try await fleet.wait { () -> Int64? in
            guard !fleet.isPaused(node) else { return nil }
            // A look first: what changes nothing wakes nobody.
            let store = fleet.store
            guard store.leader(of: plan) == nil, store.isLive(node), !store.draining.contains(node) else { return nil }
            return fleet.changeStore { store, now, _ in store.campaign(node, for: plan, now: now) }
        }
        return RotationTerm(
            number: number,
            journal: Journal(fleet: fleet, term: number),
            publication: Sink(fleet: fleet, plan: plan, term: number),
            isSure: { length in
                let store = fleet.store
                return fleet.isSure(node, for: length) && store.lasts(number, of: plan)
                    && !store.draining.contains(node)
            },
            ended: {
                _ = try? await fleet.wait { () -> Bool? in
                    let store = fleet.store
                    guard !fleet.isPaused(node) else { return nil }
                    return !store.lasts(number, of: plan) || store.draining.contains(node) ? true : nil
                }
            },
            resign: { fleet.changeStore { store, _, _ in store.resign(number, of: plan) } }
        )
    }

    func leader(of plan: PlanName) async throws(JournalError) -> NodeName? { fleet.store.leader(of: plan) }
}

private struct Journal: RotationJournal {
    let fleet: ScriptedFleet
    let term: Int64?

    func latest() async throws(JournalError) -> [JournalRecord] {
        fleet.store.records.values.sorted { $0.plan < $1.plan }
    }

    func append(_ entry: JournalEntry) async throws(JournalError) {
        let term = term ?? 0
        try fleet.changeStore { store, now, _ in
            store.expire(now)
            return Result { () throws(JournalError) in try store.append(entry, term: term) }
        }
        .get()
    }

    func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
        fleet.store.history(of: plan, limit: limit)
    }
}

private struct Sink: KeySink {
    let fleet: ScriptedFleet
    let plan: PlanName
    let term: Int64

    func perform(_ call: SinkCall) async throws(Interruption) -> SinkAnswer {
        fleet.changeStore { store, now, _ in
            store.expire(now)
            return store.perform(call, of: plan, term: term)
        }
    }
}

private struct Board: ConsumerBoard {
    let fleet: ScriptedFleet
    let node: NodeName

    func consumers(of plan: PlanName) async throws(JournalError) -> [KeyConsumer] { fleet.store.consumers(of: plan) }

    func acknowledge(_ rotation: RotationID?, of plan: PlanName, now: Date) async throws(JournalError) {
        fleet.changeStore { store, _, _ in store.acknowledge(rotation, of: plan, by: node, wall: now) }
    }

    func withdraw(from plan: PlanName) async throws(JournalError) {
        fleet.changeStore { store, _, _ in store.withdraw(node, from: plan) }
    }
}

private struct Feed: KeyFeed {
    let fleet: ScriptedFleet

    func current(_ plan: PlanName) async throws(JournalError) -> FedKey? { fleet.store.fed(plan) }

    func change(of plan: PlanName, since revision: Int64?) async throws(Interruption) {
        _ = try await fleet.wait { fleet.store.fed(plan)?.revision != revision ? true : nil }
    }
}
