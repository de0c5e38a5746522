package import AccessPolicy

/// A token that was written into a sink's file, as the audit log tells it.
package struct AuditedSink: Sendable, Equatable {
    /// What the configuration calls it.
    package var name: String
    package var profile: ProfileName
    /// The name of the grant that permits it.
    package var grant: String
    package var token: AuditedToken

    package init(name: String, profile: ProfileName, grant: String, token: AuditedToken) {
        self.name = name
        self.profile = profile
        self.grant = grant
        self.token = token
    }
}
