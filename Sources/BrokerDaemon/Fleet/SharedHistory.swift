internal import KeyRotation

/// What happened to all plans of this machine: to those of its own, and to those of its fleet.
struct SharedHistory: RotationJournal {
    let own: any RotationJournal
    let fleet: any RotationJournal

    func latest() async throws(JournalError) -> [JournalRecord] { try await own.latest() + fleet.latest() }

    func append(_ entry: JournalEntry) async throws(JournalError) {
        throw JournalError(.unavailable, "this history is only read")
    }

    func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
        let events = try await own.history(of: plan, limit: limit) + fleet.history(of: plan, limit: limit)
        return Array(events.sorted { $0.at > $1.at }.prefix(limit))
    }
}
