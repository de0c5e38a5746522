/// A secret that the simulated Secrets Manager lists; nobody can read a value of it.
package struct SimulatedSecret: Sendable, Equatable {
    /// A UUID.
    package var id: String
    package var name: String
    package var type: SecretType
    /// Name or ID of the secret group.
    package var group: String

    package init(id: String, name: String, type: SecretType = .arbitrary, group: String = "default") {
        self.id = id
        self.name = name
        self.type = type
        self.group = group
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
