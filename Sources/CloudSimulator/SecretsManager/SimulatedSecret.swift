package import JOSE

/// A secret of the simulated Secrets Manager, as it is at the start.
package struct SimulatedSecret: Sendable, Equatable {
    /// A UUID.
    package var id: String
    package var name: String
    package var type: SecretType
    /// Name or ID of the secret group.
    package var group: String
    /// What the first version holds, in the form of its type; `nil` for a version without a payload.
    package var payload: Redacted<String>?
    /// The user of a `username_password` secret.
    package var username = "simulator"
    /// The service ID whose API keys an `iam_credentials` secret holds.
    package var serviceID: String

    /// A secret whose `payload` is a text, for `kv` that of a JSON object, and for `username_password` a password.
    ///
    /// The payload of `iam_credentials` is made by IAM: there is none before the first rotation.
    package init(
        id: String,
        name: String,
        type: SecretType = .arbitrary,
        group: String = "default",
        payload: Redacted<String>? = nil,
        serviceID: String = "ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"
    ) {
        self.id = id
        self.name = name
        self.type = type
        self.group = group
        self.payload = payload
        self.serviceID = serviceID
    }

    /// The types of secrets in Secrets Manager v2.
    package enum SecretType: String, Sendable, CaseIterable {
        case arbitrary
        case kv
        case usernamePassword = "username_password"
        case iamCredentials = "iam_credentials"
        case serviceCredentials = "service_credentials"
        case publicCertificate = "public_cert"
        case importedCertificate = "imported_cert"
    }
}
