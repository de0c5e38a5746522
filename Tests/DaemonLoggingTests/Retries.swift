import Synchronization

/// What is to be done later, until a test says that it is later.
final class Retries: Sendable {
    private let waiting = Mutex<[@Sendable () -> Void]>([])

    func add(_ work: @escaping @Sendable () -> Void) { waiting.withLock { $0.append(work) } }

    /// Does what waits, and not what that adds.
    ///
    /// - Returns: how much it was.
    @discardableResult
    func run() -> Int {
        let work = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for item in work { item() }
        return work.count
    }
}
