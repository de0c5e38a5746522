import BrokerTesting
import FoundationEssentials
import JOSE
import KeyRotation
import Testing

extension ProofWorld {
    /// How a run ended.
    enum End: Equatable {
        case finished
        case halted(String)
        /// It went on for longer than anybody waits.
        case endless
        /// The last death left what another one did.
        case alike
    }

    /// Lives, and lives again after each death, until the plan has nothing more to do.
    ///
    /// - Parameters:
    ///   - maximumSteps: how many steps at most.
    ///   - known: what another run was left with by its last death; this one ends when it is left with the same.
    ///   - left: gets what the last death leaves.
    /// - Returns: how it ended.
    func run(maximumSteps: Int = 3_000, unless known: Remains? = nil, left: inout Remains?) async -> End {
        var steps = 0
        let giveUp = watch.now.addingTimeInterval(90 * 86_400)
        while steps < maximumSteps {
            deaths.revive()
            var driver = RotationDriver(driverParts.machine, driverParts.world)
            do {
                try await driver.load()
                while steps < maximumSteps {
                    steps += 1
                    let outcome = try await driver.step()
                    checkConsumers(driver.state.cycle?.stage.rawValue ?? "between rotations")
                    if let suspension = driver.state.suspension { return .halted(suspension.reason) }
                    for consumer in theCase.acknowledgers where driver.state.cycle?.stage == .acknowledge {
                        _ = try await driver.carryOut(.acknowledge(consumer))
                    }
                    guard case .rest(let until) = outcome else { continue }
                    guard let until else {
                        return driver.state.cycle == nil && driver.state.lastSuccess != nil ? .finished : .endless
                    }
                    watch.advance(to: until)
                    guard watch.now < giveUp else { return .endless }
                }
            } catch {
                // Dead: the next life begins a moment later.
                checkConsumers("death")
                if deaths.left == 0, left == nil {
                    left = remains
                    if left == known { return .alike }
                }
                watch.advance(by: 1)
                steps += 1
            }
        }
        return .endless
    }

    func run() async -> End {
        var left: Remains?
        return await run(left: &left)
    }

    /// An operator has the plan go on.
    func resume() async throws -> End {
        var driver = RotationDriver(driverParts.machine, driverParts.world)
        try await driver.load()
        let refusal = try await driver.carryOut(.resume)
        #expect(refusal == nil)
        return await run()
    }

    /// What must be true at the end, whatever happened on the way.
    ///
    /// - Parameters:
    ///   - end: how the run ended.
    ///   - mostCreations: how many keys one rotation may make.
    /// - Returns: what is not true.
    func invariants(after end: End, mostCreations: Int = 2) -> [String] {
        var problems = violated
        let live = issuer.keys.filter { !$0.isDeleted }
        if live.isEmpty { problems.append("the last key was deleted") }
        for (name, made) in Dictionary(grouping: issuer.keys, by: \.name) where name?.hasPrefix("iam-broker.") == true {
            if made.count > mostCreations { problems.append("\(made.count) keys were made in one rotation") }
        }
        if issuer.keys.contains(where: { $0.id == KeyID("key-of-somebody-else") && ($0.isDeleted || $0.isDisabled) }) {
            problems.append("a key of somebody else was changed")
        }
        let values = Set(issuer.keys.flatMap { $0.material.fields.values.map(\.exposed) })
        problems += journal.leaks(of: Array(values)).map { "the journal has \($0) in the clear" }
        guard end == .finished else { return problems }
        let ours = live.filter { $0.id != KeyID("key-of-somebody-else") }
        if theCase.traits.canDelete, ours.count != 1 {
            problems.append("\(ours.count) keys live: \(ours.map(\.id.rawValue).joined(separator: " "))")
        }
        if theCase.traits.hasValue {
            for (name, sink) in sinks where sink.content.map({ $0 == Self.old || !issuer.works($0) }) ?? true {
                problems.append("\(name) has no new key that works")
            }
            if sinks.values.contains(where: \.keepsAside) { problems.append("a sink keeps the old key") }
        }
        if journal.records.contains(where: { $0.sealed != nil }) { problems.append("the journal keeps a value") }
        return problems
    }
}
