/// What is remembered of failed attempts until one succeeds.
struct FailureRecord: Sendable {
    let error: AcquisitionError
    /// Attempts that failed in a row.
    let count: Int
    /// When the last of them ended, on the boot-time clock.
    let failedAt: Duration
    /// Until then callers are told ``error`` without another attempt.
    let rememberedUntil: Duration
    /// When the next attempt of the broker's own accord is due.
    let retryAt: Duration

    /// - Parameters:
    ///   - error: what the attempt ended with.
    ///   - previous: the record so far, when this failure is not the first in a row.
    ///   - now: on the boot-time clock.
    ///   - draw: uniform in 0..<1, for ``BackOff``.
    init(_ error: AcquisitionError, after previous: FailureRecord?, now: Duration, draw: Double) {
        (self.error, failedAt) = (error, now)
        count = (previous?.count ?? 0) + 1
        if let asked = error.retryAfter, asked > .zero {
            // Callers wait for it, too: they must not come back together any more than the broker does.
            retryAt = now + max(error.code.memory, BackOff.delay(asked: asked, failures: count, draw: draw))
            rememberedUntil = retryAt
        } else {
            rememberedUntil = now + error.code.memory
            let delay = BackOff.delay(failures: count, draw: draw)
            retryAt = now + (error.code.isLasting ? max(delay, error.code.memory) : delay)
        }
    }

    /// Whether an attempt may be made.
    ///
    /// - Parameters:
    ///   - onDemand: a caller waits for it. An open breaker makes even callers wait for the next attempt.
    ///   - now: on the boot-time clock.
    /// - Returns: `false` while the error is remembered or the back-off lasts.
    func allowsAttempt(onDemand: Bool, now: Duration) -> Bool {
        onDemand && !isBreakerTripped ? now >= rememberedUntil : now >= nextAttempt
    }

    /// When the broker's own next attempt may be made, on the boot-time clock.
    var nextAttempt: Duration { isBreakerTripped ? max(retryAt, rememberedUntil) : retryAt }

    /// How long until an attempt is allowed; at least one second, which is the unit of `Retry-After`.
    func wait(now: Duration) -> Duration {
        max(.seconds(1), (isBreakerTripped ? nextAttempt : rememberedUntil) - now)
    }

    var isBreakerTripped: Bool { count >= Self.breakerThreshold }

    static let breakerThreshold = 5
}

extension AcquisitionError.Code {
    /// How long an error of this kind is told to callers without trying again.
    var memory: Duration { isLasting ? .seconds(60) : .seconds(5) }

    /// Whether a wrong clock on this machine makes tokens fail in this way.
    var mayBeTheClock: Bool { [.tokenRejected, .malformedAnswer, .identityUnreadable].contains(self) }

    /// Whether somebody has to change something before another attempt can work.
    package var isLasting: Bool {
        switch self {
        case .metadataDisabled, .profileNotLinked, .forbidden, .requestRejected, .locked: true
        case .unreachable, .timedOut, .identityRejected, .rateLimited, .upstreamFailed, .malformedAnswer,
            .nonceMismatch, .tokenRejected, .identityUnreadable:
            false
        }
    }
}
