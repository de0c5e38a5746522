import Synchronization

/// A clock that goes on by one step each time it is read.
final class SteppingClock: Sendable {
    private let start = ContinuousClock.now
    private let step: Duration
    private let count = Mutex(0)

    init(step: Duration) {
        self.step = step
    }

    var readings: Int { count.withLock { $0 } }

    func next() -> ContinuousClock.Instant {
        start + step
            * count.withLock {
                $0 += 1
                return $0
            }
    }
}
