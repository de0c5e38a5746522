internal import Synchronization

/// Counts what happens, from any thread and at the price of one addition.
package final class EventCount: Sendable {
    private let count = Atomic<UInt64>(0)

    package init() {}

    /// How often it has happened since the daemon started.
    package var value: UInt64 { count.load(ordering: .relaxed) }

    func add() { count.wrappingAdd(1, ordering: .relaxed) }
}
