/// Decides which node carries out a plan: of a fleet one at a time, on one machine always this one.
package protocol RotationLeadership: Sendable {
    /// Waits until this node may carry out `plan`.
    ///
    /// A failure of the engine behind it is waited out: nobody leads then.
    ///
    /// - Throws: ``Interruption`` when the task is cancelled.
    func lead(_ plan: PlanName) async throws(Interruption) -> RotationTerm

    /// The node that carries out `plan` now; `nil` for none.
    func leader(of plan: PlanName) async throws(JournalError) -> NodeName?
}

/// The time in which one node carries out a plan: from ``RotationLeadership/lead(_:)`` until another node's begins.
package struct RotationTerm: Sendable {
    /// The fencing token: greater than that of every earlier term of the plan.
    package let number: Int64
    /// Takes entries of this term alone: after its end it fails with ``JournalError/Code/deposed``, whatever this node believes.
    package let journal: any RotationJournal
    /// Where the key is published to the nodes of the fleet, under the same condition; `nil` where there is no fleet.
    package let publication: (any KeySink)?
    /// Whether the term surely lasts for so long from now on, by a clock that nobody can set.
    ///
    /// It is asked before each call that changes something outside: IBM's services know no fencing token.
    package let isSure: @Sendable (_ length: Duration) -> Bool
    /// Waits until the term has ended; returns at once when it has, or when the task is cancelled.
    package let ended: @Sendable () async -> Void
    /// Ends the term, so that another node need not wait for its lease to end.
    package let resign: @Sendable () async -> Void

    package init(
        number: Int64,
        journal: any RotationJournal,
        publication: (any KeySink)?,
        isSure: @escaping @Sendable (_ length: Duration) -> Bool,
        ended: @escaping @Sendable () async -> Void,
        resign: @escaping @Sendable () async -> Void
    ) {
        (self.number, self.journal, self.publication) = (number, journal, publication)
        (self.isSure, self.ended, self.resign) = (isSure, ended, resign)
    }
}
