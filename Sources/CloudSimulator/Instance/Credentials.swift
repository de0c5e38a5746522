package import JOSE

/// An IAM API key of a service ID that the simulated account has.
package struct ServiceIDKey: Sendable {
    /// Name of the service ID.
    package var name: String
    /// `ServiceId-` and a UUID.
    package var serviceID: String
    package var key: Redacted<String>

    package init(name: String, serviceID: String, key: Redacted<String>) {
        self.name = name
        self.serviceID = serviceID
        self.key = key
    }
}

/// A Kubernetes service-account token that the simulated IAM accepts as `cr_token`.
package struct ServiceAccountToken: Sendable {
    /// Name of the compute resource: `cluster:namespace:account`.
    package var name: String
    package var token: Redacted<String>

    package init(name: String, token: Redacted<String>) {
        self.name = name
        self.token = token
    }
}
