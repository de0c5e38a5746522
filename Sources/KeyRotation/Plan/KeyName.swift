/// The name of a key that the broker made, by which it is found again when its creation was not written down.
///
/// `iam-broker.PLAN.ROTATION`: where a service has no names for keys, the same text goes into what it has instead.
package struct KeyName: Sendable, Hashable {
    package let plan: PlanName
    package let rotation: RotationID

    package init(_ plan: PlanName, _ rotation: RotationID) {
        (self.plan, self.rotation) = (plan, rotation)
    }

    /// `nil` for the name of a key that no broker made.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.prefix, let plan = PlanName(rawValue: String(parts[1])),
            let rotation = RotationID(rawValue: String(parts[2]))
        else { return nil }
        self.init(plan, rotation)
    }

    private static let prefix = "iam-broker"
}

extension KeyName: CustomStringConvertible {
    package var description: String { "\(Self.prefix).\(plan).\(rotation)" }
}
