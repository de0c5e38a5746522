internal import AccessPolicy
internal import BrokerAPI
internal import FoundationEssentials
internal import KeyRotation

extension RotationsResponse.Plan {
    /// Where a plan stands.
    init(_ lane: RotationLane) {
        let (plan, snapshot) = (lane.plan, lane.snapshot)
        let state = snapshot.state
        let word =
            if snapshot.journalFailure != nil {
                "unknown"
            } else if let suspension = state.suspension {
                suspension.kind.rawValue
            } else {
                state.cycle == nil ? "waiting" : "rotating"
            }
        let isSuspended = snapshot.journalFailure != nil || state.suspension != nil
        self.init(
            name: plan.name.rawValue,
            kind: plan.target.kind,
            profile: plan.profile.rawValue,
            state: word,
            reason: snapshot.journalFailure ?? state.suspension?.reason,
            nextAt: state.cycle == nil && !isSuspended ? snapshot.nextAt?.wholeSeconds : nil,
            key: state.current.map(RotationsResponse.Key.init),
            rotation: state.cycle.map { RotationsResponse.Rotation($0, lane.machine.rules, snapshot) },
            lastSuccess: state.lastSuccess?.wholeSeconds,
            request: state.request?.rawValue,
            failures: state.failures,
            lastFailure: state.lastFailure,
            sinks: plan.sinks,
            maximumAge: plan.schedule.maximumAge.map { Int($0.components.seconds) }
        )
    }
}

extension RotationsResponse.Key {
    fileprivate init(_ key: HeldKey) {
        self.init(
            id: key.id.rawValue,
            createdAt: key.createdAt.wholeSeconds,
            verifiedAt: key.verifiedAt?.wholeSeconds,
            publishedAt: key.publishedAt?.wholeSeconds
        )
    }
}

extension RotationsResponse.Rotation {
    fileprivate init(_ cycle: RotationCycle, _ rules: RotationRules, _ snapshot: RotationLane.Snapshot) {
        let phase = cycle.stage.phase
        var phases = rules.phases
        // Where things went another way, the way is only that.
        if !phases.contains(phase) { phases = [phase] }
        let place = phases.firstIndex(of: phase) ?? 0
        self.init(
            id: cycle.rotation.rawValue,
            startedAt: cycle.startedAt.wholeSeconds,
            phase: phase.rawValue,
            since: cycle.since.wholeSeconds,
            until: snapshot.nextAt?.wholeSeconds,
            phases: phases.enumerated()
                .map { index, phase in
                    RotationsResponse.Phase(
                        name: phase.rawValue,
                        state: index < place ? "done" : index == place ? "now" : "ahead"
                    )
                },
            attempts: cycle.attempts,
            lastFault: cycle.lastFault,
            newKey: cycle.candidate?.id.rawValue,
            oldKey: cycle.retiring?.id.rawValue,
            missing: (cycle.stage == .acknowledge
                ? rules.acknowledgers.filter { cycle.acknowledgements[$0] == nil } : [])
                + snapshot.awaited.map(\.node.rawValue)
        )
    }
}

extension Date {
    /// Seconds since 1970, without the part of a second.
    var wholeSeconds: Int { Int(exactly: timeIntervalSince1970.rounded(.down)) ?? 0 }
}
