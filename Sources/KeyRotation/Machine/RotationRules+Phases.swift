extension RotationRules {
    /// The phases on the way of this plan, in their order.
    package var phases: [RotationPhase] {
        var phases: [RotationPhase] = [.plan, .create, .verify]
        if traits.hasValue { phases.append(.publish) }
        guard traits.canDelete else { return phases }
        if waitsForConsumers || !acknowledgers.isEmpty { phases.append(.acknowledge) }
        phases.append(.overlap)
        if traits.tellsActivity, pacing.idle != nil { phases.append(.proveIdle) }
        if traits.canDisable { phases.append(.disable) }
        return phases + [.delete]
    }
}
