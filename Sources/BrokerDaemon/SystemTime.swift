internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import TokenBroker

/// The clocks of the machine.
struct SystemTime: TimeSource {
    var now: Moment {
        let wall = clinux_clock_ns(CLOCK_REALTIME)
        let boot = clinux_clock_ns(clinux_clock_boottime())
        return Moment(wall: Date(timeIntervalSince1970: TimeInterval(wall) * 1e-9), boot: .nanoseconds(boot))
    }

    func sleep(until deadline: Duration) async throws(CancellationError) {
        let remaining = deadline - now.boot
        guard remaining > .zero else { return }
        do {
            // On Linux this clock is CLOCK_BOOTTIME, too.
            try await Task.sleep(for: remaining, clock: .continuous)
        } catch {
            throw CancellationError()
        }
    }
}
