import Foundation
import Synchronization
import TokenBroker

/// The clocks of the machine, and a way to keep a node from doing anything: its sleeps do not end while it is paused, and time goes on.
final class BootTime: TimeSource {
    private static let start = ContinuousClock.now
    private let isPaused = Mutex(false)

    /// On Linux the continuous clock is the one that counts from boot.
    var now: Moment { Moment(wall: Date(), boot: .seconds(1_000) + (ContinuousClock.now - Self.start)) }

    func pause() { isPaused.withLock { $0 = true } }

    func resume() { isPaused.withLock { $0 = false } }

    func sleep(until deadline: Duration) async throws(CancellationError) {
        while true {
            let rest = deadline - now.boot
            if rest <= .zero, !isPaused.withLock({ $0 }) { return }
            do {
                try await Task.sleep(
                    for: max(Duration.milliseconds(10), min(rest, .milliseconds(100))),
                    clock: .continuous
                )
            } catch {
                throw CancellationError()
            }
        }
    }
}
