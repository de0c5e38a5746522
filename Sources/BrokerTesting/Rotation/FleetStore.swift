package import FoundationEssentials
package import KeyRotation

/// What a fleet shares, in memory: leases, leaders, journal, published keys and acknowledgements.
///
/// It is a value without a clock or a lock of its own, so that a simulation can step through it; ``ScriptedFleet`` makes ports of it. Instants count from
/// the start of the store.
package struct FleetStore: Sendable {
    private struct Session {
        let number: Int64
        var end: Duration
    }

    private struct Leader {
        let node: NodeName
        let session: Int64
        let number: Int64
    }

    private struct Acknowledgement {
        let rotation: RotationID?
        let since: Date
        let lastSeen: Date
    }

    private struct Publication {
        let revision: Int64
        let key: PublishedKey
    }

    private struct Place {
        var current: Publication?
        var prior: (replacedBy: RotationID, key: PublishedKey?)?
    }

    /// How long a session lasts without being kept.
    package let leaseLength: Duration
    /// Grows with each write, and never goes back.
    package private(set) var revision: Int64 = 0
    /// The last entries, by their plans.
    package private(set) var records: [PlanName: JournalRecord] = [:]
    /// All events, the oldest first.
    package private(set) var events: [JournalEvent] = []
    /// The nodes that lead nothing.
    package private(set) var draining: Set<NodeName> = []
    private var sessions: [NodeName: Session] = [:]
    private var leaders: [PlanName: Leader] = [:]
    private var places: [PlanName: Place] = [:]
    private var acknowledgements: [PlanName: [NodeName: Acknowledgement]] = [:]
    private var lastSeen: [NodeName: Date] = [:]

    package init(leaseLength: Duration) {
        self.leaseLength = leaseLength
    }

    private mutating func write() -> Int64 {
        revision += 1
        return revision
    }

    // MARK: Sessions

    /// Begins the session of a node, or keeps it.
    ///
    /// - Returns: until when it surely lasts.
    @discardableResult
    package mutating func keep(_ node: NodeName, now: Duration, wall: Date) -> Duration {
        expire(now)
        let end = now + leaseLength
        let number = sessions[node]?.number ?? write()
        sessions[node] = Session(number: number, end: end)
        lastSeen[node] = wall
        return end
    }

    /// Ends the session of a node, and with it what hangs on it.
    package mutating func endSession(of node: NodeName) {
        guard let session = sessions.removeValue(forKey: node) else { return }
        let left = leaders.filter { $0.value.session != session.number }
        if left.count != leaders.count { _ = write() }
        leaders = left
    }

    /// Ends the sessions that nobody kept.
    package mutating func expire(_ now: Duration) {
        for (node, session) in sessions where session.end <= now { endSession(of: node) }
    }

    package func isLive(_ node: NodeName) -> Bool { sessions[node] != nil }

    package mutating func drain(_ node: NodeName) { draining.insert(node) }

    package mutating func undrain(_ node: NodeName) { draining.remove(node) }

    // MARK: Leaders

    /// The number of a new term; `nil` when somebody leads, or this node may not.
    package mutating func campaign(_ node: NodeName, for plan: PlanName, now: Duration) -> Int64? {
        expire(now)
        guard leaders[plan] == nil, !draining.contains(node), let session = sessions[node] else { return nil }
        let number = write()
        leaders[plan] = Leader(node: node, session: session.number, number: number)
        return number
    }

    /// Ends a term, if it lasts.
    package mutating func resign(_ number: Int64, of plan: PlanName) {
        guard leaders[plan]?.number == number else { return }
        leaders[plan] = nil
        _ = write()
    }

    /// Ends the term that the node itself began and does not carry out any more.
    package mutating func leave(_ plan: PlanName, by node: NodeName) {
        if let leader = leaders[plan], leader.node == node { resign(leader.number, of: plan) }
    }

    /// Whether what this term writes is taken.
    package func lasts(_ number: Int64, of plan: PlanName) -> Bool { leaders[plan]?.number == number }

    package func leader(of plan: PlanName) -> NodeName? { leaders[plan]?.node }

    // MARK: Journal

    /// Writes an entry, if the term lasts and it is the next one.
    package mutating func append(_ entry: JournalEntry, term number: Int64) throws(JournalError) {
        guard lasts(number, of: entry.plan) else {
            throw JournalError(.deposed, "the term \(number) of the plan \(entry.plan) has ended; nothing was written")
        }
        let last = records[entry.plan]
        guard entry.sequence > 0, entry.sequence - 1 == last?.sequence ?? 0 else {
            throw JournalError(.conflict, "entry \(entry.sequence) of \(entry.plan) is not the next one")
        }
        let sealed: [UInt8]? =
            switch entry.sealed {
            case .keep: last?.sealed
            case .store(let box): box
            case .wipe: nil
            }
        records[entry.plan] = JournalRecord(
            plan: entry.plan,
            sequence: entry.sequence,
            state: entry.state,
            sealed: sealed
        )
        events.append(entry.event)
        _ = write()
    }

    /// The newest first.
    package func history(of plan: PlanName?, limit: Int) -> [JournalEvent] {
        Array(events.reversed().lazy.filter { plan == nil || $0.plan == plan }.prefix(max(0, limit)))
    }

    // MARK: Published keys

    package func fed(_ plan: PlanName) -> FedKey? {
        places[plan]?.current.map { FedKey(revision: $0.revision, key: $0.key) }
    }

    /// Does what the sink of a term does.
    package mutating func perform(_ call: SinkCall, of plan: PlanName, term number: Int64) -> SinkAnswer {
        guard lasts(number, of: plan) else {
            return .fault(SinkFault("the term \(number) of the plan \(plan) has ended"))
        }
        var place = places[plan] ?? Place()
        defer { places[plan] = place }
        switch call {
        case .publish(let key):
            if let current = place.current, current.key.rotation == key.rotation, current.key.material == key.material {
                return .holds(print(current, key.rotation))
            }
            if place.prior?.replacedBy != key.rotation { place.prior = (key.rotation, place.current?.key) }
            place.current = Publication(revision: write(), key: key)
            return .holds(print(place.current, key.rotation))
        case .inspect(let print):
            return self.print(place.current, print.rotation) == print
                ? .holds(print) : .differs("another key is published")
        case .restore(let print):
            if let prior = place.prior, prior.replacedBy == print.rotation {
                let revision = write()
                place.current = prior.key.map { Publication(revision: revision, key: $0) }
                place.prior = nil
            } else if !print.text.isEmpty, self.print(place.current, print.rotation) == print {
                return .differs("nothing was kept aside")
            }
            return .holds(self.print(place.current, print.rotation))
        case .forget(let print):
            if place.prior?.replacedBy == print.rotation { place.prior = nil }
            return .done
        }
    }

    private func print(_ publication: Publication?, _ rotation: RotationID) -> SinkPrint {
        SinkPrint(rotation: rotation, text: publication.map { "\($0.revision)" } ?? "")
    }

    // MARK: Consumers

    package mutating func acknowledge(_ rotation: RotationID?, of plan: PlanName, by node: NodeName, wall: Date) {
        let last = acknowledgements[plan]?[node]
        acknowledgements[plan, default: [:]][node] = Acknowledgement(
            rotation: rotation,
            since: last.flatMap { $0.rotation == rotation ? $0.since : nil } ?? wall,
            lastSeen: wall
        )
        _ = write()
    }

    package mutating func withdraw(_ node: NodeName, from plan: PlanName) {
        acknowledgements[plan]?[node] = nil
        _ = write()
    }

    /// Those that an operator drains are not among them.
    package func consumers(of plan: PlanName) -> [KeyConsumer] {
        (acknowledgements[plan] ?? [:]).filter { !draining.contains($0.key) }
            .map { node, said in
                KeyConsumer(
                    node: node,
                    inUse: said.rotation,
                    since: said.since,
                    lastSeen: max(said.lastSeen, lastSeen[node] ?? said.lastSeen),
                    isLive: isLive(node)
                )
            }
            .sorted { $0.node < $1.node }
    }
}
