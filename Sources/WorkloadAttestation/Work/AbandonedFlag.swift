internal import Synchronization

/// Tells work that nobody waits for it any more.
package final class AbandonedFlag: Sendable {
    private let flag = Atomic(false)

    package var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() {
        flag.store(true, ordering: .relaxed)
    }
}
