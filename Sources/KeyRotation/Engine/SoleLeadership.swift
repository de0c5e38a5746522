/// Of one machine: it carries out every plan, always.
package struct SoleLeadership: RotationLeadership {
    private let node: NodeName?
    private let journal: any RotationJournal

    /// - Parameters:
    ///   - journal: of this machine, which no other process writes.
    ///   - node: what ``leader(of:)`` calls this machine.
    package init(_ journal: any RotationJournal, node: NodeName? = nil) {
        (self.journal, self.node) = (journal, node)
    }

    package func lead(_ plan: PlanName) async throws(Interruption) -> RotationTerm {
        guard !Task.isCancelled else { throw Interruption() }
        return RotationTerm(
            number: 1,
            journal: journal,
            publication: nil,
            isSure: { _ in true },
            ended: {
                // Ends with the task that waits, and never before.
                for await _ in AsyncStream<Never>.makeStream().stream {}
            },
            resign: {}
        )
    }

    package func leader(of plan: PlanName) async throws(JournalError) -> NodeName? { node }
}
