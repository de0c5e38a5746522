internal import AccessPolicy
internal import Synchronization
internal import TokenBroker

/// Allows so much in a period, and that much at once: a token bucket, kept as the one instant at which it would be full again
/// (generic cell rate algorithm, ITU-T I.371).
///
/// Without a lock: connections on all event loops share it.
final class RateBucket: Sendable {
    /// Nanoseconds that one hand-out costs.
    private let interval: Int64
    /// Nanoseconds that the bucket may be ahead of time.
    private let tolerance: Int64
    /// When the bucket is full again, on the boot-time clock.
    private let fullAt: Atomic<Int64>

    init(_ rate: Rate) {
        let period = rate.period.nanosecondsClamped
        interval = max(1, period / Int64(max(1, rate.count)))
        tolerance = max(0, period - interval)
        fullAt = Atomic(.min)
    }

    /// Takes one.
    ///
    /// - Returns: `nil` when it was there, otherwise how long to wait; then nothing was taken.
    func take(now: Duration) -> Duration? {
        let now = now.nanosecondsClamped
        var seen = fullAt.load(ordering: .relaxed)
        while true {
            let start = max(seen, now)
            let ahead = start - now
            guard ahead <= tolerance else { return .nanoseconds(ahead - tolerance) }
            let (exchanged, original) = fullAt.weakCompareExchange(
                expected: seen,
                desired: start + interval,
                ordering: .relaxed
            )
            if exchanged { return nil }
            seen = original
        }
    }

    /// Whether it is full: then a new one would be the same.
    func isFull(now: Duration) -> Bool { fullAt.load(ordering: .relaxed) <= now.nanosecondsClamped }
}

extension Duration {
    /// Whole nanoseconds, within 100 years of zero: sums of a few of them cannot overflow.
    fileprivate var nanosecondsClamped: Int64 {
        let limit: Int64 = 3_155_760_000
        let seconds = min(max(components.seconds, -limit), limit)
        return seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
