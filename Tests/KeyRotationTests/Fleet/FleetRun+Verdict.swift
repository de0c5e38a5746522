import BrokerTesting
import FoundationEssentials
import Synchronization

@testable import KeyRotation

extension FleetRun {
    /// How a rotation ended.
    enum Outcome: Sendable, Equatable {
        case finished
        case rolledBack
        case halted(String)

        var isEnd: Bool { self == .finished || self == .rolledBack }
    }

    /// `nil` while it goes on.
    var outcome: Outcome? {
        // Only these lead to an end, and reading takes its time.
        let last = state.withLock { $0.store.events.last?.kind }
        let ends: [EventKind] = [.finished, .rolledBack, .halted]
        guard let end = ends.first(where: { $0.rawValue == last }), let known else { return nil }
        if end == .rolledBack { return .rolledBack }
        if let suspension = known.suspension { return .halted(suspension.reason) }
        return known.cycle == nil && known.lastSuccess != nil ? .finished : nil
    }

    /// As the store has it; read once for each entry.
    private var known: RotationState? {
        state.withLock { state in
            guard let record = state.store.record else { return nil }
            if let known = state.known, known.sequence == record.sequence { return known.state }
            guard let read = try? JSONDecoder().decode(RotationState.self, from: Data(record.state)) else { return nil }
            state.known = (record.sequence, read)
            return read
        }
    }

    var violations: [String] { state.withLock { $0.violations } }

    func violated(_ what: String) { state.withLock { $0.violations.append(what) } }

    /// At every moment: the consumer can use the key that it has.
    func check() {
        guard let held = state.withLock({ $0.consumer }), !issuer.works(held.key.material) else { return }
        let message = "the consumer's key \(held.key.id) does not work"
        if violations.last != message { violated(message) }
    }

    /// At the end: one live key, which is the one that is published and used, and nothing beside it.
    func judge() async {
        check()
        guard let outcome, let known else { return violated("the rotation neither ended nor halted") }
        if case .halted(let reason) = outcome, reason.isEmpty { violated("it halted without a reason") }
        let published = state.withLock { $0.store.current }
        let used = state.withLock { $0.consumer }
        if published?.revision != used?.revision { violated("the consumer has another key than is published") }
        if published?.key.id != known.current?.id, outcome.isEnd {
            violated(
                "\(published?.key.id.rawValue ?? "nothing") is published, and the plan's key is \(known.current?.id.rawValue ?? "none")"
            )
        }
        let left = await sweep()
        guard outcome.isEnd else { return }
        if state.withLock({ $0.store.record?.sealed != nil }) { violated("the journal keeps a value") }
        let live = issuer.keys.filter { !$0.isDeleted }.map(\.id)
        if live != [published?.key.id].compactMap(\.self) {
            violated(
                "live are \(live.map(\.rawValue).joined(separator: " ")), published is \(published?.key.id.rawValue ?? "nothing")"
            )
        }
        if issuer.keys.contains(where: { !$0.isDeleted && $0.isDisabled }) {
            violated("the key that is left is disabled")
        }
        state.withLock { $0.orphans = left }
    }

    /// What an operator does with keys that are left: deletes those that the plan made and nobody uses.
    ///
    /// - Returns: how many.
    private func sweep() async -> Int {
        let now = now()
        let term = state.withLock { state in
            state.store.expire(.distantFuture)
            let term = state.store.lead(.first, now)
            state.sure[.first] = now.addingTimeInterval(FleetStore.leaseLength)
            return term
        }
        var driver = RotationDriver(machine, surroundings(.first, term))
        do {
            try await driver.load()
            let orphans = try (await driver.orphans()).get()
            for orphan in orphans where orphan.isKnown {
                if let refusal = try await driver.deleteOrphan(orphan.key.id) {
                    violated("\(orphan.key.id) stays: \(refusal)")
                }
            }
            for orphan in orphans where !orphan.isKnown { violated("\(orphan.key.id) is an orphan of nobody") }
            return orphans.count
        } catch {
            violated("orphans cannot be looked for: \(error)")
            return 0
        }
    }
}
