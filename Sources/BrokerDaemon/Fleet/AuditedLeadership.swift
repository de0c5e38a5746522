internal import KeyRotation
internal import TokenBroker

/// A leadership in whose terms all that is written down is audited, too.
struct AuditedLeadership: RotationLeadership {
    let leadership: any RotationLeadership
    let audit: any AuditLog

    func lead(_ plan: PlanName) async throws(Interruption) -> RotationTerm {
        let term = try await leadership.lead(plan)
        return RotationTerm(
            number: term.number,
            journal: AuditedJournal(journal: term.journal, audit: audit),
            publication: term.publication,
            isSure: term.isSure,
            ended: term.ended,
            resign: term.resign
        )
    }

    func leader(of plan: PlanName) async throws(JournalError) -> NodeName? { try await leadership.leader(of: plan) }
}
