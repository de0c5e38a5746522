package import FoundationEssentials

/// What the nodes of a fleet say of the new key means.
package enum ConsumerVerdict: Sendable {
    /// Something becomes true.
    case note(RotationChange)
    /// These have not said yet that they have it; they are to be asked again at that time, or when one of them says something.
    case wait(for: [KeyConsumer], until: Date)
}

extension RotationMachine {
    /// What ``RotationCycle/confirmed`` has for the consumers; sinks have other names.
    static let heard = " "

    /// How often nodes are asked when none says anything.
    private static let askAgain: TimeInterval = 5

    /// What an answer of the board means.
    ///
    /// A node counts until it was not seen for ``RotationPacing/vanishedAfter``: one that is cut off from the others may well hand
    /// the old key to its workloads.
    ///
    /// - Parameters:
    ///   - consumers: all nodes that consume the key.
    ///   - state: what is written down.
    ///   - now: the wall clock.
    /// - Returns: what becomes true, or for whom to wait.
    package func after(_ consumers: [KeyConsumer], _ state: RotationState, now: Date) -> ConsumerVerdict {
        guard let cycle = state.cycle else { return .wait(for: [], until: now.addingTimeInterval(Self.askAgain)) }
        // The old one's after a rollback; a key that was made by hand has no rotation, and nobody acknowledges it.
        let expected = state.current?.rotation
        let behind = consumers.filter { consumer in
            guard isAwaited(consumer, now: now) else { return false }
            // A node that has a key made by hand again has withdrawn.
            guard let expected else { return true }
            // Its last word may be from before it took the key that is given back now, and then it was cut off.
            return consumer.inUse != expected || cycle.isRolledBack && !consumer.isLive
        }
        if behind.isEmpty {
            let vanished = consumers.filter { $0.inUse != expected }.map { "\($0.node)" }
            let detail =
                vanished.isEmpty
                ? "every node has the key that is to stay"
                : "every node has the key that is to stay, but those that have vanished: \(Self.list(vanished))"
            return .note(heard(state, cycle, detail, now: now))
        }
        guard cycle.since.addingTimeInterval(pacing.acknowledgeWithin) <= now else {
            return .wait(for: behind, until: now.addingTimeInterval(Self.askAgain))
        }
        let names = Self.list(behind.map { "\($0.node)" })
        return .note(
            halted(
                state,
                "\(names) did not say that the key which is to stay is in use there, so the other stays, too; see: iam-broker fleet status; when nobody "
                    + "needs the other key there, run: iam-broker rotation release \(rules.plan); then: \(resumption)",
                now: now
            )
        )
    }

    /// Whether the old key is kept for this node.
    package func isAwaited(_ consumer: KeyConsumer, now: Date) -> Bool {
        consumer.isLive || consumer.lastSeen.addingTimeInterval(pacing.vanishedAfter) > now
    }

    /// Whether nodes have to be asked in this stage.
    func asksConsumers(_ cycle: RotationCycle) -> Bool {
        rules.waitsForConsumers && cycle.isReleased != true
    }

    private func heard(_ state: RotationState, _ cycle: RotationCycle, _ detail: String, now: Date) -> RotationChange {
        switch cycle.stage {
        case .acknowledge: entering(.overlap, state, .acknowledged, detail, now: now)
        default: changing(state, .confirmed, detail) { $0.confirmed.append(Self.heard) }
        }
    }

    /// As many names as somebody reads.
    private static func list(_ names: [String]) -> String {
        let shown = names.sorted().prefix(mostNames).joined(separator: ", ")
        return names.count > mostNames ? "\(shown) and \(names.count - mostNames) more" : shown
    }

    private static let mostNames = 5

    // MARK: The operator's word

    /// The old key may go whatever consumers say.
    func released(_ state: RotationState, now: Date) throws(CommandRefusal) -> RotationChange {
        guard let cycle = state.cycle else {
            throw CommandRefusal(message: "no rotation of the plan waits for consumers")
        }
        guard rules.waitsForConsumers || !rules.acknowledgers.isEmpty else {
            throw CommandRefusal(
                message: "the plan waits for no consumers: it is of one machine, and names none in 'acknowledge'"
            )
        }
        guard cycle.isReleased != true else {
            throw CommandRefusal(message: "rotation \(cycle.rotation) is released already")
        }
        switch cycle.stage {
        case .acknowledge, .overlap, .proveIdle, .confirmDisable, .disable, .disabled, .confirmDelete:
            return changing(state, .released, "an operator does not wait for consumers any more") {
                $0.isReleased = true
            }
        case .plan, .create, .recover, .read, .verify, .survey, .publish, .abandon, .restore:
            throw CommandRefusal(message: "rotation \(cycle.rotation) has not published the new key yet")
        case .delete, .forget, .sweep:
            throw CommandRefusal(message: "rotation \(cycle.rotation) does not wait for consumers any more")
        }
    }
}
