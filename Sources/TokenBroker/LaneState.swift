package import FoundationEssentials

/// Decides what to do about the token of one profile: a value without clocks, tasks or input and output.
///
/// Events go in, what to do comes out; ``ProfileLane`` does it.
package struct LaneState: Sendable {
    package private(set) var token: CachedToken?
    private(set) var failure: FailureRecord?
    /// While it is there, nothing is released, obtained or kept.
    private(set) var lock: ProfileLock?
    /// The number of the attempt under way; one that is not under way any more has nothing to say when it ends.
    package private(set) var flight: UInt64?
    private var lastFlight: UInt64 = 0
    /// Somebody asked since the token was obtained.
    ///
    /// A token that nobody uses is not renewed unless it is prefetched.
    private var isUsed = false
    private var generation: UInt64 = 0
    private let prefetch: Bool

    package init(prefetch: Bool, lock: ProfileLock? = nil) {
        self.prefetch = prefetch
        self.lock = lock
    }

    /// What a caller gets.
    package enum Answer {
        case release(CachedToken)
        /// The same, and a renewal is to be started.
        case releaseAndRenew(CachedToken)
        /// Wait for the renewal under way; start it first when `start` is true.
        case wait(start: Bool)
        case refuse(AcquisitionError, retryAfter: Duration)
        /// An operator locked the profile.
        case locked(ProfileLock)
    }

    /// A caller asks for a token.
    ///
    /// - Parameters:
    ///   - minimumRemaining: seconds the caller wants to remain, beside what the broker insists on.
    ///   - now: the time of the request.
    /// - Returns: what to do for the caller.
    package mutating func asked(minimumRemaining: TimeInterval, now: Moment) -> Answer {
        if let lock { return .locked(lock) }
        isUsed = true
        guard let token, token.remaining(at: now) >= 1 else { return withoutToken(now: now) }
        if token.remaining(at: now) >= max(token.life.leastRemaining, minimumRemaining) {
            guard token.life.isRenewalDue(at: now), mayStart(onDemand: false, now: now) else { return .release(token) }
            start()
            return .releaseAndRenew(token)
        }
        if token.life.isYoung(at: now) { return .release(token) }
        if isRenewing { return .wait(start: false) }
        guard mayStart(onDemand: true, now: now) else { return .release(token) }
        start()
        return .wait(start: true)
    }

    /// A caller's wait is over: the renewal ended, or the caller's patience did.
    ///
    /// - Parameters:
    ///   - now: the time the wait ended.
    ///   - error: what the caller is told when there is nothing to hand over.
    /// - Returns: the token that is there by now, or the refusal.
    package func waited(now: Moment, error: AcquisitionError) -> Answer {
        if let lock { return .locked(lock) }
        if let token, token.remaining(at: now) >= 1 { return .release(token) }
        return .refuse(error, retryAfter: failure?.wait(now: now.boot) ?? .seconds(1))
    }

    /// What the broker does of its own accord.
    package enum Task: Equatable {
        case renew
        /// Look again at this time on the boot-time clock, or when something happens.
        case look(at: Duration?)
    }

    /// Time has passed, or a clock was set.
    package mutating func examined(now: Moment) -> Task {
        guard lock == nil, !isRenewing, token != nil || prefetch else { return .look(at: nil) }
        let due = token.map { $0.life.renewalDue(at: now) } ?? now.boot
        let next = max(due, failure?.nextAttempt ?? due)
        guard next <= now.boot else { return .look(at: next) }
        guard prefetch || (isUsed && (token?.remaining(at: now) ?? 0) >= 1) else { return .look(at: nil) }
        start()
        return .renew
    }

    /// Somebody set the wall clock: what failed because the clock was wrong may work at once.
    mutating func clockWasSet() {
        guard let error = failure?.error, error.retryAfter == nil, error.code.mayBeTheClock else { return }
        failure = nil
    }

    /// What to do for an operator who wants a new token.
    enum Refresh: Equatable {
        case start
        /// An attempt is under way; wait for it.
        case join
        case locked(ProfileLock)
    }

    /// An operator wants a new token now, whatever the state of the breaker.
    mutating func refreshDemanded() -> Refresh {
        if let lock { return .locked(lock) }
        if isRenewing { return .join }
        start()
        return .start
    }

    /// What the end of an attempt changed.
    package enum Landing: Equatable {
        /// The token is kept, or the failure is remembered.
        case noted
        /// The failure is remembered, and the cached token was dropped for it.
        case tokenDropped
        /// The profile was locked while the attempt was under way: whatever it brought is thrown away.
        case thrownAway
    }

    /// Attempt `flight` brought a token.
    ///
    /// - Parameters:
    ///   - flight: the attempt's number.
    ///   - now: the time of its end.
    ///   - make: makes what is kept; `late` says for how many seconds the renewal had been due, and is `nil` when none was.
    /// - Returns: whether the token is kept.
    package mutating func renewed(
        _ flight: UInt64,
        now: Moment,
        _ make: (_ generation: UInt64, _ late: TimeInterval?) -> CachedToken
    ) -> Landing {
        guard self.flight == flight else { return .thrownAway }
        generation &+= 1
        let late = token.map { $0.life.late(at: now) }.flatMap { $0 >= 0 ? $0 : nil }
        (token, failure, self.flight, isUsed) = (make(generation, late), nil, nil, false)
        return .noted
    }

    /// Another instance left a token, which was verified again.
    ///
    /// - Returns: whether it is kept: a profile that is locked, or has a token of its own, takes none.
    mutating func tookOver(_ make: (_ generation: UInt64) -> CachedToken) -> Bool {
        guard lock == nil, token == nil else { return false }
        generation &+= 1
        token = make(generation)
        return true
    }

    /// The token of this number did not pass when it was looked at again.
    ///
    /// - Returns: whether it was there.
    mutating func dropped(_ generation: UInt64) -> Bool {
        guard let token, token.generation == generation else { return false }
        self.token = nil
        return true
    }

    /// Attempt `flight` failed.
    ///
    /// A failure leaves the last good token in place, unless the profile is not linked any more.
    package mutating func failed(_ flight: UInt64, _ error: AcquisitionError, now: Duration, draw: Double) -> Landing {
        guard self.flight == flight else { return .thrownAway }
        failure = FailureRecord(error, after: failure, now: now, draw: draw)
        self.flight = nil
        guard error.code == .profileNotLinked, token != nil else { return .noted }
        token = nil
        return .tokenDropped
    }

    /// An operator locked the profile: the token goes, and what is under way will count for nothing.
    ///
    /// - Returns: whether there was a token.
    mutating func locked(_ lock: ProfileLock) -> Bool {
        defer { (self.lock, token, failure, flight, isUsed) = (lock, nil, nil, nil, false) }
        return token != nil
    }

    /// The operator took the lock back: everything starts from the beginning.
    mutating func unlocked() {
        lock = nil
    }

    var isRenewing: Bool { flight != nil }

    private mutating func start() {
        lastFlight &+= 1
        flight = lastFlight
    }

    private mutating func withoutToken(now: Moment) -> Answer {
        if isRenewing { return .wait(start: false) }
        if let failure, !failure.allowsAttempt(onDemand: true, now: now.boot) {
            return .refuse(failure.error, retryAfter: failure.wait(now: now.boot))
        }
        start()
        return .wait(start: true)
    }

    private func mayStart(onDemand: Bool, now: Moment) -> Bool {
        !isRenewing && (failure?.allowsAttempt(onDemand: onDemand, now: now.boot) ?? true)
    }
}
