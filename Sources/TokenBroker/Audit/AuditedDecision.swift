package import AccessPolicy

/// A decision of the policy, as the audit log tells it.
package struct AuditedDecision: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case permitted(grant: String)
        case denied(reason: String)
        /// Permitted because the grant, or the whole policy, only observes.
        case observed(grant: String, wouldDeny: String)
        /// The grant permits, and the workload asked more often than the grant allows.
        case limited(grant: String)
    }

    /// The ID under which a denial can be explained.
    package var id: String?
    package var workload: Workload
    package var profile: ProfileName
    package var outcome: Outcome

    package init(id: String? = nil, workload: Workload, profile: ProfileName, outcome: Outcome) {
        self.id = id
        self.workload = workload
        self.profile = profile
        self.outcome = outcome
    }
}
