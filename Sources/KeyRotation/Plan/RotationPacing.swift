package import FoundationEssentials

/// How long a rotation takes its time, in seconds.
package struct RotationPacing: Sendable, Hashable {
    /// How long both keys work after the new one is published; longer than consumers take to read it again.
    package var overlap: TimeInterval = 86_400
    /// The old key is idle when it was not used for so long; `nil` to go by ``overlap`` alone.
    package var idle: TimeInterval?
    /// How long to wait for the old key to be idle before somebody has to look.
    package var idleWithin: TimeInterval = 7 * 86_400
    /// How long the old key stays disabled, and can be enabled again, before it is deleted.
    package var disabled: TimeInterval = 86_400
    /// How long a new key may take until it works everywhere (reference: IBM API, section 10, pitfalls 1 and 2).
    package var verifyWithin: TimeInterval = 600
    /// How long a service may take until it lists what it made (pitfall 3).
    package var settle: TimeInterval = 120
    /// How long any other step is tried before somebody has to look; a service may be out for hours.
    package var stepWithin: TimeInterval = 86_400
    /// How long consumers have to acknowledge.
    package var acknowledgeWithin: TimeInterval = 7 * 86_400

    /// How long a node of the fleet that is not seen any more is waited for before the old key may go without its word.
    package var vanishedAfter: TimeInterval = 86_400

    package init() {}
}

/// How much may go wrong.
package struct RotationLimits: Sendable, Hashable {
    /// Keys that may be made in 24 hours, so that no mistake fills an account.
    package var creationsPerDay = 4
    /// Keys that may be made in one rotation: the second is for one whose value was lost with its answer.
    package var creationsPerRotation = 2
    /// Rotations in a row that may fail before the plan halts.
    package var failedRotations = 3

    package init() {}
}
