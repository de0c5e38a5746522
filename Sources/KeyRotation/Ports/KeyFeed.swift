/// Gives the nodes of a fleet the key of a plan that is published now.
package protocol KeyFeed: Sendable {
    /// What is published now; `nil` when nothing is.
    func current(_ plan: PlanName) async throws(JournalError) -> FedKey?

    /// Waits until something else than `revision` is published, or may be: after a failure of the engine it returns, too.
    ///
    /// - Parameters:
    ///   - plan: of this plan.
    ///   - revision: of what the caller has; `nil` when it has nothing.
    /// - Throws: ``Interruption`` when the task is cancelled.
    func change(of plan: PlanName, since revision: Int64?) async throws(Interruption)
}

/// A key as it is published to a fleet.
package struct FedKey: Sendable {
    /// Grows with each publication, also when an older key is given back.
    package let revision: Int64
    package let key: PublishedKey

    package init(revision: Int64, key: PublishedKey) {
        (self.revision, self.key) = (revision, key)
    }
}
