package import AccessPolicy

/// A token that was handed to a workload, as the audit log tells it.
package struct AuditedRelease: Sendable, Equatable {
    package var workload: Workload
    package var profile: ProfileName
    /// The name of the grant that permits it.
    package var grant: String
    package var token: AuditedToken

    package init(workload: Workload, profile: ProfileName, grant: String, token: AuditedToken) {
        self.workload = workload
        self.profile = profile
        self.grant = grant
        self.token = token
    }
}
