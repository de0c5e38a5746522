internal import KeyRotation
internal import TokenBroker

/// A journal whose events also go into the audit log.
struct AuditedJournal: RotationJournal {
    let journal: any RotationJournal
    let audit: any AuditLog

    /// What somebody may have to answer for; the rest is for the history.
    private static let audited: Set<String> = Set(
        [
            EventKind.started, .creating, .created, .adopted, .published, .disabling, .disabled, .deleting, .deleted,
            .kept,
            .finished, .abandoning, .failed, .halted, .paused, .resumed, .requested, .rollingBack, .restored,
            .rolledBack,
            .acknowledged, .released,
        ]
        .map(\.rawValue)
    )

    /// What is written down before something changes that cannot be called back.
    private static let intents: Set<String> = Set(
        [EventKind.creating, .publishing, .disabling, .deleting, .rollingBack, .released].map(\.rawValue)
    )

    func latest() async throws(JournalError) -> [JournalRecord] { try await journal.latest() }

    /// Writes one entry, and audits it.
    ///
    /// - Throws: ``JournalError``, also for a change that the audit log cannot take while it must: it is not written, and so not made.
    func append(_ entry: JournalEntry) async throws(JournalError) {
        // What came of a change that was made is written down in any case.
        guard audit.mayProceed || !Self.intents.contains(entry.event.kind) else {
            throw JournalError(
                .unavailable,
                "the audit log cannot be written, and audit.required is set: \(entry.event.kind) of plan \(entry.plan) waits for it"
            )
        }
        try await journal.append(entry)
        let event = entry.event
        guard Self.audited.contains(event.kind) else { return }
        audit.record(
            .rotation(
                AuditedRotation(
                    plan: event.plan.rawValue,
                    rotation: event.rotation?.rawValue,
                    kind: event.kind,
                    detail: event.detail
                )
            )
        )
    }

    func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
        try await journal.history(of: plan, limit: limit)
    }
}
