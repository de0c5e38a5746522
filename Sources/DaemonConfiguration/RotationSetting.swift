package import CredentialSinks
package import KeyRotation

/// A rotation plan, and the places that it publishes to.
package struct RotationSetting: Sendable {
    package let plan: RotationPlan
    /// In the order of ``RotationPlan/sinks``, which has their names.
    package let publications: [PublicationSetting]
}

/// A place in which consumers find the key of a plan.
package struct PublicationSetting: Sendable {
    package enum Destination: Sendable {
        case file(KeyFileSetting)
        case secret(SecretPublication)
    }

    /// Unique in the plan, such as `hmac:archive`, `aws:PATH`, `file:PATH` or `secrets-manager:ID`.
    package let name: String
    package let destination: Destination
}

/// A secret of Secrets Manager that a key is published to.
package struct SecretPublication: Sendable, Hashable {
    package enum Form: Sendable, Hashable {
        /// An arbitrary secret that holds this field of the key's material.
        case field(String)
        /// An arbitrary secret that holds all fields as a JSON object.
        case document
        /// A `kv` secret with a member for each field; its other members stay.
        case members
        /// A `kv` secret in which this member holds this field; its other members stay.
        case member(String, field: String)
    }

    /// Base URL of the Secrets Manager instance.
    package let url: String
    package let id: String
    package let form: Form
}
