/// Where a rotation stands.
package enum RotationStage: String, Sendable, Hashable, Codable, CaseIterable {
    /// Looks at the keys that there are.
    case plan
    /// Makes the new key.
    case create
    /// Finds out whether a key was made whose creation has no answer.
    case recover
    /// Reads the value of such a key again.
    case read
    /// Uses the new key until it works.
    case verify
    /// Looks for keys of this rotation that were made twice.
    case survey
    /// Gives the new key to the sinks.
    case publish
    /// Waits for consumers to say that they have it.
    case acknowledge
    /// Both keys work.
    case overlap
    /// Waits until nobody uses the old key.
    case proveIdle = "prove_idle"
    /// Makes sure that the new key is there before the old one is disabled.
    case confirmDisable = "confirm_disable"
    case disable
    /// The old key does not work, and can be made to work again.
    case disabled
    /// Makes sure that the new key is there before the old one is deleted.
    case confirmDelete = "confirm_delete"
    case delete
    /// Throws away what sinks kept of the old key.
    case forget
    /// Looks for anything that is left of this rotation.
    case sweep
    /// Takes back a new key that nobody has seen.
    case abandon
    /// Gives consumers the old key back.
    case restore

    /// Whether it cannot go on while a key that nobody uses is still there: it would find it again, or needs its place.
    var waitsForSurplus: Bool {
        switch self {
        case .create, .sweep, .abandon: true
        case .plan, .recover, .read, .verify, .survey, .publish, .acknowledge, .overlap, .proveIdle, .confirmDisable,
            .disable, .disabled, .confirmDelete, .delete, .forget, .restore:
            false
        }
    }

    /// What people see of it.
    package var phase: RotationPhase {
        switch self {
        case .plan: .plan
        case .create, .recover, .read: .create
        case .verify, .survey: .verify
        case .publish: .publish
        case .acknowledge: .acknowledge
        case .overlap: .overlap
        case .proveIdle: .proveIdle
        case .confirmDisable, .disable, .disabled: .disable
        case .confirmDelete, .delete, .forget, .sweep: .delete
        case .abandon: .abandon
        case .restore: .rollback
        }
    }
}

/// The stages of a rotation as people know them, in their order.
package enum RotationPhase: String, Sendable, Hashable, CaseIterable {
    case plan, create, verify, publish, acknowledge, overlap
    case proveIdle = "prove idle"
    case disable, delete
    /// Not on the way: the new key is taken back.
    case abandon
    /// Not on the way: the old key is given back.
    case rollback
}
