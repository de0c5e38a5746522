internal import FoundationEssentials

extension RotationMachine {
    /// The sinks to be looked at, with what they should hold; none where a step will look, or somebody has to do something first.
    func guarded(_ state: RotationState) -> [(name: String, print: SinkPrint)] {
        guard state.suspension == nil, state.request == nil, state.cycle?.stage.isGuarded ?? true else { return [] }
        return rules.sinks.compactMap { name in state.current?.prints[name].map { (name, $0) } }
    }

    /// What becomes of a sink that lost the key: a reboot empties memory, and people edit files.
    ///
    /// Its value is kept nowhere, so consumers get another key; while an old key is on its way out, a person decides.
    ///
    /// - Parameters:
    ///   - sink: the sink's name.
    ///   - what: what it says.
    ///   - state: what is written down.
    ///   - now: the wall clock.
    /// - Returns: what is to be written down.
    func drifted(_ sink: String, _ what: String, _ state: RotationState, now: Date) -> RotationChange {
        guard state.cycle == nil else {
            return after(
                .differs(what),
                to: .inspect(SinkPrint(rotation: .init(0), text: "")),
                of: sink,
                state,
                now: now,
                draw: 0
            )
        }
        var state = state
        state.request = .repair
        return change(state, .requested, "\(sink) does not hold the key any more: \(what)")
    }
}

extension RotationStage {
    /// Whether consumers rely on the new key while time passes.
    fileprivate var isGuarded: Bool {
        switch self {
        case .acknowledge, .overlap, .proveIdle, .disabled: true
        case .plan, .create, .recover, .read, .verify, .survey, .publish, .confirmDisable, .disable, .confirmDelete,
            .delete, .forget, .sweep, .abandon, .restore:
            false
        }
    }
}
