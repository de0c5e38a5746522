import Synchronization

/// A clock on which nobody waits: it writes down how long they would have.
final class InstantClock: Clock {
    typealias Instant = ContinuousClock.Instant

    let now = ContinuousClock.now
    let minimumResolution = Duration.nanoseconds(1)
    private let recorded = Mutex<[Duration]>([])

    /// How long was waited, in order.
    var sleeps: [Duration] { recorded.withLock { $0 } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        recorded.withLock { $0.append(deadline - now) }
    }
}
