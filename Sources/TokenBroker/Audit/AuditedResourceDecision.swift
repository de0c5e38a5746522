package import AccessPolicy

/// A decision of the policy about a resource of the instance, as the audit log tells it.
package struct AuditedResourceDecision: Sendable, Equatable {
    package typealias Outcome = AuditedDecision.Outcome

    /// The ID that the workload was told with a denial.
    package var id: String?
    package var workload: Workload
    package var resource: InstanceResource
    package var outcome: Outcome

    package init(id: String? = nil, workload: Workload, resource: InstanceResource, outcome: Outcome) {
        self.id = id
        self.workload = workload
        self.resource = resource
        self.outcome = outcome
    }

    /// What the policy said, in the words of the log.
    package init(id: String? = nil, workload: Workload, resource: InstanceResource, decision: ResourceDecision) {
        let outcome: Outcome =
            switch decision {
            case .permit(let grant, observed: nil): .permitted(grant: grant)
            case .permit(let grant, let reason?): .observed(grant: grant, wouldDeny: reason.text(about: resource))
            case .deny(let reason): .denied(reason: reason.text(about: resource))
            }
        self.init(id: id, workload: workload, resource: resource, outcome: outcome)
    }
}
