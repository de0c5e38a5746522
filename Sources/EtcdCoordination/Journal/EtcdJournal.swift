internal import FoundationEssentials
package import KeyRotation

/// The journal of a fleet's rotations, in etcd.
///
/// An entry is one transaction: it is written only while the term lasts and when it is the plan's next. The number of an entry is what etcd calls the
/// version of the state's key.
package struct EtcdJournal: RotationJournal {
    /// How many events of a plan are kept.
    package static let historyLimit = 1_000

    private let client: EtcdClient
    private let keys: FleetKeys
    /// `nil` for who only reads.
    private let term: EtcdTerm?
    private let historyLimit: Int

    init(_ client: EtcdClient, _ keys: FleetKeys, _ term: EtcdTerm?, historyLimit: Int = Self.historyLimit) {
        (self.client, self.keys, self.term, self.historyLimit) = (client, keys, term, historyLimit)
    }

    /// For reading: every append fails with ``JournalError/Code/deposed``.
    package init(reading client: EtcdClient) {
        self.init(client, FleetKeys(prefix: client.configuration.prefix), nil)
    }

    package func latest() async throws(JournalError) -> [JournalRecord] {
        let values = try await read(.all(under: keys.plans))
        let byKey = Dictionary(values.map { ($0.key, $0) }) { $1 }
        var records: [JournalRecord] = []
        for value in values {
            let parts = value.key.dropFirst(keys.plans.count).split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1] == "state", let plan = PlanName(rawValue: String(parts[0])) else {
                continue
            }
            records.append(try JournalForm.record(of: plan, state: value, sealed: byKey[keys.sealed(plan)]))
        }
        return records.sorted { $0.plan < $1.plan }
    }

    package func append(_ entry: JournalEntry) async throws(JournalError) {
        guard let term, term.claim.plan == entry.plan else { throw .deposed(entry.plan, at: keys.prefix) }
        // Unstructured, so that it comes to its end when its caller is cancelled: nobody shall have to guess what was written. Its deadline ends it.
        try await Task { () async -> Result<Void, JournalError> in
            do throws(JournalError) {
                return .success(try await write(entry, term))
            } catch {
                if error.code == .deposed { term.mark.end() }
                return .failure(error)
            }
        }
        .value.get()
    }

    package func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
        guard limit > 0 else { return [] }
        var plans: [PlanName] = []
        if let plan { plans = [plan] } else { plans = try await latest().map(\.plan) }
        var found: [(plan: PlanName, value: EtcdValue)] = []
        for plan in plans {
            let values = try await read(.all(under: keys.history(plan)), limit: min(limit, historyLimit))
            found += values.map { (plan, $0) }
        }
        // Of several plans by when they were written, which etcd knows of each key.
        found.sort { $0.value.createRevision > $1.value.createRevision }
        var events: [JournalEvent] = []
        for (plan, value) in found.prefix(limit) { events.append(try JournalForm.event(of: plan, value)) }
        return events
    }

    private func read(_ span: KeySpan, limit: Int? = nil) async throws(JournalError) -> [EtcdValue] {
        do throws(EtcdError) {
            // With a limit the last of them.
            return try await client.values(in: span, limit: limit ?? .max, isDescending: limit != nil).values
        } catch {
            throw JournalError(error, "the journal in etcd cannot be read")
        }
    }

    private func write(_ entry: JournalEntry, _ term: EtcdTerm) async throws(JournalError) {
        let (plan, claim) = (entry.plan, term.claim)
        guard entry.sequence > 0 else { throw .conflict(entry) }
        let record = JournalRecord(plan: plan, sequence: entry.sequence, state: entry.state, sealed: nil)
        var operations: [EtcdOperation] = [
            .put(keys.state(plan), try JournalForm.bytes(of: record)),
            .put(keys.event(plan, entry.sequence), try JournalForm.bytes(of: entry.event)),
        ]
        switch entry.sealed {
        case .keep: break
        case .store(let box): operations.append(.put(keys.sealed(plan), box))
        case .wipe: operations.append(.delete(.one(keys.sealed(plan))))
        }
        if entry.sequence > historyLimit {
            let oldest = keys.event(plan, entry.sequence - historyLimit + 1)
            operations.append(.delete(KeySpan(start: keys.history(plan), end: oldest)))
        }
        let outcome: EtcdClient.Outcome
        do throws(EtcdError) {
            outcome = try await client.transaction(
                if: claim.conditions + [.version(of: keys.state(plan), is: Int64(entry.sequence - 1))],
                then: operations,
                else: [.get(claim.key)]
            )
        } catch {
            throw JournalError(error, "entry \(entry.sequence) of the plan \(plan) cannot be written")
        }
        guard !outcome.succeeded else { return }
        guard claim.isMet(by: outcome.values.first ?? nil) else { throw .deposed(plan, at: keys.prefix) }
        throw .conflict(entry)
    }
}

extension JournalError {
    fileprivate static func conflict(_ entry: JournalEntry) -> JournalError {
        JournalError(
            .conflict,
            "entry \(entry.sequence) of the plan \(entry.plan) is not the next one: another entry was written meanwhile; nothing was written"
        )
    }
}
