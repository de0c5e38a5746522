/// What a template may ask for.
package enum TemplateVariable: String, Sendable, Hashable, CaseIterable {
    case accessToken = "access_token"
    /// Seconds since 1970.
    case expiresAt = "expires_at"
    /// The same as RFC 3339 has it, in UTC.
    case expiresAtUTC = "expires_at_utc"
    /// The local name of the profile.
    case profile
    case accessKeyID = "hmac.access_key_id"
    case secretAccessKey = "hmac.secret_access_key"
    case instanceID = "instance.id"
    case instanceName = "instance.name"
    case instanceCRN = "instance.crn"
    case instanceZone = "instance.zone"
    case instanceProfile = "instance.profile"
    case vpcID = "instance.vpc_id"
    case vpcName = "instance.vpc_name"
    case resourceGroupID = "instance.resource_group_id"
    case keyAPIKey = "key.api_key"
    case keyAccessKeyID = "key.access_key_id"
    case keySecretAccessKey = "key.secret_access_key"
    /// Of a secret in Secrets Manager that is one text, or of the member that is drawn anew.
    case keyValue = "key.value"
    case keyPassword = "key.password"
    /// What its service calls the key.
    case keyID = "key.id"
    case keyRotation = "key.rotation"
    case keyPlan = "key.plan"

    /// Where its value comes from.
    package enum Source: Sendable, Hashable {
        case token
        /// An HMAC pair of Object Storage.
        case pair
        /// The metadata service.
        case instance
        /// A key that is rotated.
        case key
    }

    package var source: Source {
        if rawValue.hasPrefix("hmac.") { return .pair }
        if rawValue.hasPrefix("key.") { return .key }
        return rawValue.hasPrefix("instance.") ? .instance : .token
    }

    /// Where the value is in the metadata service's document of the instance; `nil` for what is not there.
    package var instancePath: [StaticString]? {
        switch self {
        case .instanceID: ["id"]
        case .instanceName: ["name"]
        case .instanceCRN: ["crn"]
        case .instanceZone: ["zone", "name"]
        case .instanceProfile: ["profile", "name"]
        case .vpcID: ["vpc", "id"]
        case .vpcName: ["vpc", "name"]
        case .resourceGroupID: ["resource_group", "id"]
        case .accessToken, .expiresAt, .expiresAtUTC, .profile, .accessKeyID, .secretAccessKey, .keyAPIKey,
            .keyAccessKeyID,
            .keySecretAccessKey, .keyValue, .keyPassword, .keyID, .keyRotation, .keyPlan:
            nil
        }
    }

    /// The value that golden tests see: the same each time, and nothing that anybody would take for a credential.
    package var fake: String {
        switch self {
        case .expiresAt: "1893456000"
        case .expiresAtUTC: "2030-01-01T00:00:00Z"
        case .profile: "fake-profile"
        default: "fake-\(rawValue.map { $0 == "_" || $0 == "." ? "-" : String($0) }.joined())"
        }
    }
}
