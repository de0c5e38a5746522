package import CredentialSinks
package import IBMCloud
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
        case secret(SecretSinkTarget)
    }

    /// Unique in the plan, such as `hmac:archive`, `aws:PATH`, `file:PATH` or `secrets-manager:ID`.
    package let name: String
    package let destination: Destination

    /// Whether each machine of a fleet has such a place of its own.
    package var isOnEveryMachine: Bool {
        switch destination {
        case .file: true
        case .secret: false
        }
    }
}
