package import AccessPolicy

/// A decision about something of the instance, as the audit log tells it.
package struct AuditedResourceDecision: Sendable, Equatable {
    /// The ID under which a denial can be explained.
    package var id: String?
    package var workload: Workload
    package var resource: InstanceResource
    package var outcome: AuditedDecision.Outcome

    package init(
        id: String? = nil,
        workload: Workload,
        resource: InstanceResource,
        outcome: AuditedDecision.Outcome
    ) {
        (self.id, self.workload, self.resource, self.outcome) = (id, workload, resource, outcome)
    }
}
