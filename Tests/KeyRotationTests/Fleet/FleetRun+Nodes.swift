import FoundationEssentials
import KeyRotation
import Synchronization

// What the nodes do, as the daemon's lanes and followers do it.
extension FleetRun {
    /// How long a store that failed is left alone.
    private static let pause: TimeInterval = 15
    /// How often a node says again what it has in use.
    private static let repetition: TimeInterval = 1_800

    /// A node that leads whenever it may, until its end.
    func rotate(_ actor: Actor) async {
        while !isOver {
            guard case .carryOut = await turns.ask(FleetQuestion(kind: .campaign, name: "lead"), actor) else { return }
            guard !isOver else { return }
            let term = begin(actor)
            var driver = RotationDriver(machine, surroundings(actor, term))
            var isLoaded = false
            while !isOver, leads(actor, term) {
                do throws(RotationDriver.Stop) {
                    if !isLoaded { try await driver.load() }
                    isLoaded = true
                    if takeOrder() { _ = try await driver.carryOut(.rollback) }
                    guard case .rest(let until) = try await driver.step() else { continue }
                    guard await rest(until, actor) else { return }
                } catch {
                    isLoaded = false
                    guard !isDead(actor), case .journal(let failure) = error else { return }
                    if failure.code == .deposed { break }
                    guard await rest(now().addingTimeInterval(Self.pause), actor) else { return }
                }
            }
            resign(actor, term)
        }
    }

    /// A node that takes the key that is published, and says that it has.
    func consume() async {
        while !isOver {
            do throws(Interruption) {
                guard let published = try await read() else {
                    guard await rest(now().addingTimeInterval(Self.pause), .consumer) else { return }
                    continue
                }
                // Before another key is taken, nothing that was said before is to be believed.
                if state.withLock({ $0.consumer?.revision != published.revision }), try await !acknowledge(nil) {
                    guard await rest(now().addingTimeInterval(Self.pause), .consumer) else { return }
                    continue
                }
                state.withLock { $0.consumer = published }
                guard try await acknowledge(published.key.rotation) else {
                    guard await rest(now().addingTimeInterval(Self.pause), .consumer) else { return }
                    continue
                }
                let end = now().addingTimeInterval(Self.repetition)
                let question = FleetQuestion(kind: .change(since: published.revision, until: end), name: "change")
                guard case .carryOut = await turns.ask(question, .consumer) else { return }
            } catch {
                return
            }
        }
    }

    private func read() async throws(Interruption) -> FleetStore.Publication? {
        try await perform(FleetQuestion(kind: .store, name: "take"), .consumer, lost: nil, unknown: nil) { [self] in
            state.withLock { $0.store.current }
        }
    }

    private func acknowledge(_ rotation: RotationID?) async throws(Interruption) -> Bool {
        let question = FleetQuestion(kind: .store, name: "acknowledge", isChange: true)
        return try await perform(question, .consumer, lost: false, unknown: false) { [self] in
            let now = now()
            state.withLock { state in
                state.store.acknowledged = rotation
                state.store.lastSeen = now
            }
            return true
        }
    }

    private var isOver: Bool { state.withLock { $0.isOver } }

    private func takeOrder() -> Bool {
        state.withLock { state in
            defer { state.wantsRollback = false }
            return state.wantsRollback
        }
    }

    private func isDead(_ actor: Actor) -> Bool {
        state.withLock { $0.holds[actor].map { $0.verdict == nil } ?? false }
    }

    private func rest(_ until: Date?, _ actor: Actor) async -> Bool {
        if case .carryOut = await turns.ask(FleetQuestion(kind: .rest(until: until), name: "rest"), actor) {
            return true
        }
        return false
    }

    private func begin(_ actor: Actor) -> Int64 {
        let now = now()
        return state.withLock { state in
            let term = state.store.lead(actor, now)
            state.terms[actor] = term
            state.sure[actor] = now.addingTimeInterval(FleetStore.leaseLength)
            return term
        }
    }

    /// Whether the node may believe so: what it hears of the store, and its own clock.
    private func leads(_ actor: Actor, _ term: Int64) -> Bool {
        let now = now()
        return state.withLock { state in
            let hears = state.cutOff[actor] == nil
            if hears, state.store.leader?.term != term { return false }
            return (state.sure[actor] ?? now) > now
        }
    }

    private func resign(_ actor: Actor, _ term: Int64) {
        state.withLock { state in
            if state.cutOff[actor] == nil { state.store.resign(term) }
            state.terms[actor] = nil
            state.sure[actor] = nil
        }
    }
}
