package import FoundationEssentials

/// What the steps of a plan's rotations depend on.
package struct RotationRules: Sendable {
    package let plan: PlanName
    package let traits: KeyTraits
    /// Where the keys of the plan are, for people; keys of one place are not looked for in another.
    package let place: String
    /// Names of the sinks, in the order in which they get a new key.
    package let sinks: [String]
    /// Who has to say that it has the new key before the old one goes.
    package let acknowledgers: [String]
    /// Whether the nodes of a fleet have to have it in use, too.
    package let waitsForConsumers: Bool
    /// The key that the first rotation replaces; `nil` for none.
    package let replaces: KeyID?
    package let pacing: RotationPacing
    package let limits: RotationLimits
    package let calendar: RotationCalendar

    package init(
        plan: PlanName,
        traits: KeyTraits,
        place: String = "",
        sinks: [String],
        acknowledgers: [String] = [],
        waitsForConsumers: Bool = false,
        replaces: KeyID? = nil,
        pacing: RotationPacing,
        limits: RotationLimits,
        calendar: RotationCalendar
    ) {
        (self.plan, self.traits, self.place) = (plan, traits, place)
        (self.sinks, self.acknowledgers, self.waitsForConsumers) = (sinks, acknowledgers, waitsForConsumers)
        (self.replaces, self.pacing, self.limits, self.calendar) = (replaces, pacing, limits, calendar)
    }
}

/// When rotations may begin, and when they may take a key away.
package struct RotationCalendar: Sendable {
    /// When the next rotation is due; `nil` for never.
    package let due: @Sendable (_ state: RotationState, _ now: Date) -> Date?
    /// The earliest time from this one on at which a rotation may begin; `nil` for never.
    package let start: @Sendable (_ notBefore: Date) -> Date?
    /// The earliest time from this one on at which a key may be disabled or deleted; `nil` for never.
    package let change: @Sendable (_ notBefore: Date) -> Date?

    package init(
        due: @escaping @Sendable (_ state: RotationState, _ now: Date) -> Date?,
        start: @escaping @Sendable (_ notBefore: Date) -> Date?,
        change: @escaping @Sendable (_ notBefore: Date) -> Date?
    ) {
        (self.due, self.start, self.change) = (due, start, change)
    }
}
