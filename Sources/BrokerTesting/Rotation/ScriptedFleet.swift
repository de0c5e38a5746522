package import FoundationEssentials
package import KeyRotation
internal import Synchronization
internal import TokenBroker

/// A fleet in memory: nodes with a shared store, and a clock that moves only when it is told to.
///
/// A node takes part from its first port on. Its session is kept as time passes, unless it is paused; a paused node can still be called, as a process
/// that was stopped does its next thing when it goes on.
package final class ScriptedFleet: Sendable {
    private struct State {
        var store: FleetStore
        var now = Duration.zero
        var wall: Date
        /// Until when each node is sure of its session.
        var ends: [NodeName: Duration] = [:]
        var paused: Set<NodeName> = []
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var lastWaiting: UInt64 = 0
        var changes: UInt64 = 0
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - leaseLength: how long a session lasts without being kept.
    ///   - wall: the time at first.
    package init(leaseLength: Duration = .seconds(15), wall: Date = ManualTime.start) {
        state = Mutex(State(store: FleetStore(leaseLength: leaseLength), wall: wall))
    }

    /// The store as it is now.
    package var store: FleetStore { state.withLock { $0.store } }

    /// Lets time pass for all: sessions are kept or end.
    package func advance(by length: Duration) {
        change { state in
            // In steps shorter than a session: nobody who runs loses one by a long step.
            var rest = length
            repeat {
                let step = min(rest, state.store.leaseLength / 3)
                rest -= step
                state.now += step
                state.wall += step.seconds
                for node in state.ends.keys where !state.paused.contains(node) { Self.keep(node, &state) }
                state.store.expire(state.now)
            } while rest > .zero
        }
    }

    /// The node does nothing by itself any more.
    package func pause(_ node: NodeName) {
        change { $0.paused.insert(node) }
    }

    /// The node goes on, with another session if its own has ended.
    package func resume(_ node: NodeName) {
        change { state in
            state.paused.remove(node)
            Self.keep(node, &state)
        }
    }

    /// The session of a node ends in the store, and the node does not know.
    package func endSession(of node: NodeName) {
        change { $0.store.endSession(of: node) }
    }

    package func drain(_ node: NodeName) {
        change { $0.store.drain(node) }
    }

    package func undrain(_ node: NodeName) {
        change { $0.store.undrain(node) }
    }

    private static func keep(_ node: NodeName, _ state: inout State) {
        state.ends[node] = state.store.keep(node, now: state.now, wall: state.wall)
    }

    // MARK: What ports are made of

    func join(_ node: NodeName) {
        change { state in if state.ends[node] == nil { Self.keep(node, &state) } }
    }

    /// Changes the store, and wakes all who wait for a change.
    @discardableResult
    func changeStore<Value: Sendable>(_ body: (inout FleetStore, _ now: Duration, _ wall: Date) -> Value) -> Value {
        change { state in body(&state.store, state.now, state.wall) }
    }

    @discardableResult
    private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, waiting) = state.withLock { state in
            let value = body(&state)
            state.changes += 1
            defer { state.waiting = [:] }
            return (value, state.waiting)
        }
        for continuation in waiting.values { continuation.resume() }
        return value
    }

    /// Whether a node that began its term with a session is sure of it for so long.
    func isSure(_ node: NodeName, for length: Duration) -> Bool {
        state.withLock { ($0.ends[node] ?? .zero) - $0.now >= length }
    }

    func isPaused(_ node: NodeName) -> Bool { state.withLock { $0.paused.contains(node) } }

    /// Waits until `condition` gives something; it is asked after each change.
    func wait<Value: Sendable>(_ condition: () -> Value?) async throws(Interruption) -> Value {
        while !Task.isCancelled {
            let changes = state.withLock { $0.changes }
            if let value = condition() { return value }
            await waitForChange(since: changes)
        }
        throw Interruption()
    }

    private func waitForChange(since changes: UInt64) async {
        let id = state.withLock { state in
            state.lastWaiting += 1
            return state.lastWaiting
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.changes != changes || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}
