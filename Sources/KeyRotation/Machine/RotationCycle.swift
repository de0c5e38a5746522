package import FoundationEssentials

/// One rotation that is under way.
package struct RotationCycle: Sendable, Equatable, Codable {
    package let rotation: RotationID
    package let startedAt: Date
    /// Started by an operator: windows and blackouts do not hold it up.
    package let isForced: Bool
    package internal(set) var stage = RotationStage.plan
    /// When the stage was entered.
    package internal(set) var since: Date
    /// A change was about to be made, and what came of it is not written down.
    package internal(set) var isPending = false
    /// Attempts at this step that failed.
    package internal(set) var attempts = 0
    package internal(set) var retryAt: Date?
    package internal(set) var lastFault: String?
    /// Keys that this rotation made, or might have made.
    package internal(set) var creations = 0
    /// How often one was asked for, other than where it is certain that nothing came of it.
    package internal(set) var asked = 0
    /// When the last one was asked for.
    package internal(set) var createdAt: Date?
    /// The keys that were there before.
    package internal(set) var before: [KeyID] = []
    /// The new key.
    package internal(set) var candidate: HeldKey?
    /// The key that is to go.
    package internal(set) var retiring: HeldKey?
    /// The deletion of the old key was asked for, and may have happened whatever was answered; `nil` for no.
    ///
    /// Nobody gets the old key back then.
    package internal(set) var mayBeDeleted: Bool?
    /// Keys that the service does not delete, but ends with the next one; `nil` for none.
    package internal(set) var kept: [KeyID]?
    /// Keys that this rotation made and does not need: they are deleted before anything else.
    package internal(set) var surplus: [KeyID] = []
    /// What was confirmed in this stage.
    package internal(set) var confirmed: [String] = []
    /// Who said that it has the new key, and when.
    package internal(set) var acknowledgements: [String: Date] = [:]
    /// An operator said that the old key may go whatever consumers say; `nil` for no.
    package internal(set) var isReleased: Bool?
    /// Why it is abandoned.
    package internal(set) var failure: String?
    /// The old key was given back, and the new one goes.
    package internal(set) var isRolledBack = false

    init(_ rotation: RotationID, at now: Date, isForced: Bool) {
        (self.rotation, self.startedAt, self.since, self.isForced) = (rotation, now, now, isForced)
    }

    mutating func enter(_ stage: RotationStage, at now: Date) {
        (self.stage, since) = (stage, now)
        (isPending, attempts, retryAt, lastFault) = (false, 0, nil, nil)
        confirmed = []
    }
}
