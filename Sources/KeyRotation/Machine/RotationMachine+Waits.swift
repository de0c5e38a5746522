package import FoundationEssentials

extension RotationMachine {
    /// When the wait ends that keeps the old key alive, or within reach; `nil` when there is no such wait.
    ///
    /// Whoever drives the machine may hold it to another clock, too: one that nobody can set.
    package func endOfWait(_ state: RotationState) -> Date? {
        guard let cycle = state.cycle else { return nil }
        return switch cycle.stage {
        case .overlap: endOfOverlap(state, cycle)
        case .disabled: endOfDisablement(cycle)
        case .plan, .create, .recover, .read, .verify, .survey, .publish, .acknowledge, .proveIdle, .confirmDisable,
            .disable, .confirmDelete, .delete, .forget, .sweep, .abandon, .restore:
            nil
        }
    }

    /// When both keys have worked for as long as they shall.
    func endOfOverlap(_ state: RotationState, _ cycle: RotationCycle) -> Date {
        let start = max(state.current?.publishedAt ?? cycle.since, cycle.since)
        return start.addingTimeInterval(cycle.retiring == nil ? 0 : pacing.overlap)
    }

    /// When the old key has been disabled for as long as it shall.
    func endOfDisablement(_ cycle: RotationCycle) -> Date { cycle.since.addingTimeInterval(pacing.disabled) }
}
