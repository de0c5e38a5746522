internal import FoundationEssentials

/// Decides what to do about the token of one profile: a value without clocks, tasks or input and output.
///
/// Events go in, what to do comes out; ``ProfileLane`` does it.
struct LaneState: Sendable {
    private(set) var token: CachedToken?
    private(set) var failure: FailureRecord?
    private(set) var isRenewing = false
    /// Somebody asked since the token was obtained.
    ///
    /// A token that nobody uses is not renewed unless it is prefetched.
    private var isUsed = false
    private var generation: UInt64 = 0
    private let prefetch: Bool

    init(prefetch: Bool) {
        self.prefetch = prefetch
    }

    /// What a caller gets.
    enum Answer {
        case release(CachedToken)
        /// The same, and a renewal is to be started.
        case releaseAndRenew(CachedToken)
        /// Wait for the renewal under way; start it first when `start` is true.
        case wait(start: Bool)
        case refuse(AcquisitionError, retryAfter: Duration)
    }

    /// A caller asks for a token.
    ///
    /// - Parameters:
    ///   - minimumRemaining: seconds the caller wants to remain, beside what the broker insists on.
    ///   - now: the time of the request.
    /// - Returns: what to do for the caller.
    mutating func asked(minimumRemaining: TimeInterval, now: Moment) -> Answer {
        isUsed = true
        guard let token, token.remaining(at: now) >= 1 else { return withoutToken(now: now) }
        if token.remaining(at: now) >= max(token.leastRemaining, minimumRemaining) {
            guard token.isRenewalDue(at: now), mayStart(onDemand: false, now: now) else { return .release(token) }
            isRenewing = true
            return .releaseAndRenew(token)
        }
        if token.isYoung(at: now) { return .release(token) }
        if isRenewing { return .wait(start: false) }
        guard mayStart(onDemand: true, now: now) else { return .release(token) }
        isRenewing = true
        return .wait(start: true)
    }

    /// A caller's wait is over: the renewal ended, or the caller's patience did.
    ///
    /// - Parameters:
    ///   - now: the time the wait ended.
    ///   - error: what the caller is told when there is nothing to hand over.
    /// - Returns: the token that is there by now, or the refusal.
    func waited(now: Moment, error: AcquisitionError) -> Answer {
        if let token, token.remaining(at: now) >= 1 { return .release(token) }
        return .refuse(error, retryAfter: failure?.wait(now: now.boot) ?? .seconds(1))
    }

    /// What the broker does of its own accord.
    enum Task: Equatable {
        case renew
        /// Look again at this time on the boot-time clock, or when something happens.
        case look(at: Duration?)
    }

    /// Time has passed, or a clock was set.
    mutating func examined(now: Moment) -> Task {
        guard !isRenewing, token != nil || prefetch else { return .look(at: nil) }
        let due = token.map { $0.renewalDue(at: now) } ?? now.boot
        let next = max(due, failure?.nextAttempt ?? due)
        guard next <= now.boot else { return .look(at: next) }
        guard prefetch || (isUsed && (token?.remaining(at: now) ?? 0) >= 1) else { return .look(at: nil) }
        isRenewing = true
        return .renew
    }

    /// Somebody set the wall clock: what failed because the clock was wrong may work at once.
    mutating func clockWasSet() {
        guard let error = failure?.error, error.retryAfter == nil, error.code.mayBeTheClock else { return }
        failure = nil
    }

    /// An operator wants a new token now, whatever the state of the breaker.
    ///
    /// - Returns: whether a renewal is to be started; `false` when one is under way.
    mutating func refreshDemanded() -> Bool {
        defer { isRenewing = true }
        return !isRenewing
    }

    /// The renewal brought a token.
    mutating func renewed(_ make: (_ generation: UInt64) -> CachedToken) {
        generation &+= 1
        (token, failure, isRenewing, isUsed) = (make(generation), nil, false, false)
    }

    /// The renewal failed.
    ///
    /// - Returns: whether a cached token was dropped for it. Any other failure leaves the last good token in place.
    mutating func failed(_ error: AcquisitionError, now: Duration, draw: Double) -> Bool {
        failure = FailureRecord(error, after: failure, now: now, draw: draw)
        isRenewing = false
        guard error.code == .profileNotLinked, token != nil else { return false }
        token = nil
        return true
    }

    private mutating func withoutToken(now: Moment) -> Answer {
        if isRenewing { return .wait(start: false) }
        if let failure, !failure.allowsAttempt(onDemand: true, now: now.boot) {
            return .refuse(failure.error, retryAfter: failure.wait(now: now.boot))
        }
        isRenewing = true
        return .wait(start: true)
    }

    private func mayStart(onDemand: Bool, now: Moment) -> Bool {
        !isRenewing && (failure?.allowsAttempt(onDemand: onDemand, now: now.boot) ?? true)
    }
}
