package import FoundationEssentials

/// All that is known of one plan between two steps; it holds no secret.
package struct RotationState: Sendable, Equatable, Codable {
    package let plan: PlanName
    /// When the plan was first seen: what it would have done before is not caught up with.
    package let firstSeen: Date
    /// ``RotationRules/place`` of the keys that are known; `nil` before the first rotation.
    package internal(set) var place: String?
    /// The key that consumers have.
    package internal(set) var current: HeldKey?
    /// The rotation under way.
    package internal(set) var cycle: RotationCycle?
    /// Why nothing is done.
    package internal(set) var suspension: Suspension?
    package internal(set) var lastStart: Date?
    package internal(set) var lastSuccess: Date?
    /// Rotations that failed since the last that did not.
    package internal(set) var failures = 0
    package internal(set) var lastFailure: String?
    /// When to begin again after a failure.
    package internal(set) var retryAt: Date?
    /// Somebody asked for a rotation.
    package internal(set) var request: RotationRequest?
    /// When keys were made, or might have been, in the last 24 hours.
    package internal(set) var creations: [Date] = []
    /// Rotations of this plan, the newest last: a key that carries one of these, and is not in use, is a leftover of ours.
    package internal(set) var rotations: [RotationID] = []

    package init(plan: PlanName, firstSeen: Date) {
        (self.plan, self.firstSeen) = (plan, firstSeen)
    }

    /// How many rotations are remembered.
    static let rememberedRotations = 64
}

/// When a rotation is wanted that the schedule does not want.
package enum RotationRequest: String, Sendable, Codable {
    /// As soon as windows and blackouts allow it.
    case whenAllowed = "when_allowed"
    /// Whatever they say.
    case now
    /// At once, because consumers have no key that the broker knows; but keys go when windows and blackouts allow it.
    case repair
}

/// A key that the broker knows.
package struct HeldKey: Sendable, Equatable, Codable {
    package let id: KeyID
    package let createdAt: Date
    /// The rotation that made it; `nil` for one that was there before.
    package let rotation: RotationID?
    /// When it was last used with success.
    package internal(set) var verifiedAt: Date?
    /// When the last sink got it.
    package internal(set) var publishedAt: Date?
    /// What each sink holds of it.
    package internal(set) var prints: [String: SinkPrint] = [:]

    init(id: KeyID, createdAt: Date, rotation: RotationID?) {
        (self.id, self.createdAt, self.rotation) = (id, createdAt, rotation)
    }
}

/// Why nothing is done for a plan until somebody says so.
package struct Suspension: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable {
        /// An operator wants it.
        case paused
        /// Something needs a person.
        case halted
    }

    package let kind: Kind
    package let since: Date
    /// What happened, to what, and what to do next.
    package let reason: String
}
