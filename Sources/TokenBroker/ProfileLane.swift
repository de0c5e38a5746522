package import AccessPolicy
package import FoundationEssentials
internal import JOSE
internal import Synchronization

/// The token of one profile: kept, renewed by one flight at a time, and released against a permit.
///
/// ``LaneState`` decides; the lane holds it under a lock, starts flights and wakes those who wait. A flight belongs to the
/// lane: whoever asked may go away without harm to the others.
package final class ProfileLane: Sendable {
    package let profile: TrustedProfile
    private let pipeline: TokenPipeline
    private let environment: LaneEnvironment
    private let protected: Mutex<Protected>
    /// Sent when another token is there, and when there is none any more.
    private let news = RenewalSignal()

    /// Somebody who waits for the end of a flight; `nil` says that it brought a token.
    private typealias Waiter = CheckedContinuation<AcquisitionError?, Never>

    private struct Protected {
        var state: LaneState
        /// The attempt under way, once it was started, and its number.
        var flight: (number: UInt64, task: Task<Void, Never>)?
        var waiters: [UInt64: Waiter] = [:]
        var lastWaiter: UInt64 = 0
        /// Nobody waits for news any more.
        var newsEnded = false
        var use = LaneUse()
    }

    init(profile: TrustedProfile, pipeline: TokenPipeline, environment: LaneEnvironment, lock: ProfileLock? = nil) {
        self.profile = profile
        self.pipeline = pipeline
        self.environment = environment
        protected = Mutex(Protected(state: LaneState(prefetch: profile.prefetch, lock: lock)))
    }

    /// What can be said at once, without waiting.
    package enum Immediate: Sendable {
        case released(ReleasedToken)
        case mustWait
        case refused(Refusal)
    }

    /// Why there is no token, and when to ask again.
    package struct Refusal: Error, Sendable {
        package let error: AcquisitionError
        package let retryAfter: Duration
    }

    /// Releases the cached token if it may be handed over; starts a renewal where one is due.
    ///
    /// - Parameters:
    ///   - permit: the policy's permission; a permit for another profile releases nothing.
    ///   - minimumRemaining: the seconds of life that the caller wants at least.
    ///   - now: the time of the request.
    /// - Returns: the token, a refusal, or that only waiting helps.
    package func token(_ permit: Permit, minimumRemaining: TimeInterval = 0, now: Moment) -> Immediate {
        guard permit.profile == profile.name else { return .refused(Self.foreignPermit) }
        let answer = protected.withLock { protected in
            let answer = protected.state.asked(minimumRemaining: minimumRemaining, now: now)
            protected.use.answered(answer)
            return answer
        }
        switch answer {
        case .release(let cached):
            return .released(ReleasedToken(permit: permit, cached: cached, now: now))
        case .releaseAndRenew(let cached):
            startFlight()
            return .released(ReleasedToken(permit: permit, cached: cached, now: now))
        case .wait(let start):
            if start { startFlight() }
            return .mustWait
        case .refuse(let error, let retryAfter):
            return .refused(Refusal(error: error, retryAfter: retryAfter))
        case .locked(let lock):
            return .refused(refusal(lock))
        }
    }

    /// Releases a token, waiting for a renewal where that helps, up to `deadline` on the boot-time clock.
    package func token(
        _ permit: Permit,
        minimumRemaining: TimeInterval = 0,
        deadline: Duration
    ) async -> Result<ReleasedToken, Refusal> {
        switch token(permit, minimumRemaining: minimumRemaining, now: environment.time.now) {
        case .released(let released): return .success(released)
        case .refused(let refusal): return .failure(refusal)
        case .mustWait: break
        }
        let error = await waitForFlight(until: deadline, isRequest: true)
        let now = environment.time.now
        let answer = protected.withLock { $0.state.waited(now: now, error: error ?? Self.noToken) }
        switch answer {
        case .release(let cached), .releaseAndRenew(let cached):
            return .success(ReleasedToken(permit: permit, cached: cached, now: now))
        case .refuse(let error, let retryAfter):
            return .failure(Refusal(error: error, retryAfter: retryAfter))
        case .locked(let lock):
            return .failure(refusal(lock))
        case .wait:
            return .failure(Refusal(error: Self.noToken, retryAfter: .seconds(1)))
        }
    }

    /// What became of the token that a caller has.
    package enum News: Sendable {
        /// There is another one.
        case token(CachedToken)
        /// The deadline is over, or the broker stops.
        case none
        case locked(AcquisitionError)
    }

    /// Waits until the token to be had is another than the one that ends at `expiresAt`, in seconds since 1970, up to
    /// `deadline` on the boot-time clock.
    ///
    /// It renews nothing, and does not count as use.
    package func news(_ permit: Permit, after expiresAt: Int, deadline: Duration) async -> News {
        guard permit.profile == profile.name else { return .none }
        while true {
            let seen = news.count
            let now = environment.time.now
            let (found, isOver): (News?, Bool) = protected.withLock { protected in
                if let lock = protected.state.lock { return (.locked(lock.error(for: profile.name)), true) }
                guard let token = protected.state.token, token.remaining(at: now) >= 1, token.endsAt != expiresAt
                else { return (nil, protected.newsEnded) }
                return (.token(token), true)
            }
            if let found { return found }
            guard !isOver, now.boot < deadline, !Task.isCancelled else { return .none }
            await news.wait(after: seen, until: deadline, time: environment.time)
        }
    }

    /// How often something happened to the token: another one, none any more, a failure, a lock or its end.
    ///
    /// What happens after this was read ends a wait for it.
    package var happenings: UInt64 { news.count }

    /// Waits until something happened after the `seen`-th time, for `deadline` on the boot-time clock, or for cancellation.
    package func happened(after seen: UInt64, until deadline: Duration) async {
        await news.wait(after: seen, until: deadline, time: environment.time)
    }

    /// Whether the token of this number is still the one that is kept: no other has come, and no lock.
    package func holds(_ generation: UInt64) -> Bool {
        protected.withLock { $0.state.lock == nil && $0.state.token?.generation == generation }
    }

    /// Has everybody look again who waits: something else changed that decides about the token.
    func announce() { news.send() }

    /// Ends the wait of everybody who waits for news, and of all who come later.
    func endNews() {
        protected.withLock { $0.newsEnded = true }
        news.send()
    }

    /// Starts a renewal when one is due.
    ///
    /// - Returns: when to look again on the boot-time clock; `nil`: not before something happens.
    func examine() -> Duration? {
        let now = environment.time.now
        switch protected.withLock({ $0.state.examined(now: now) }) {
        case .renew:
            startFlight()
            return nil
        case .look(let at):
            return at
        }
    }

    /// Forgets failures that a wrong clock may have caused.
    func clockWasSet() {
        protected.withLock { $0.state.clockWasSet() }
    }

    /// Obtains a new token now and waits for the outcome.
    package func refresh(deadline: Duration) async -> AcquisitionError? {
        switch protected.withLock({ $0.state.refreshDemanded() }) {
        case .start: startFlight()
        case .join: break
        case .locked(let lock): return lock.error(for: profile.name)
        }
        return await waitForFlight(until: deadline)
    }

    /// Puts a lock in force, or takes it back when `lock` is `nil`.
    ///
    /// When this returns, the cached token is gone, whoever waited is refused, and what the attempt under way brings will
    /// be thrown away.
    func setLock(_ lock: ProfileLock?) {
        if let lock { putInForce(lock) } else { protected.withLock { $0.state.unlocked() } }
        environment.changed()
        news.send()
    }

    private func putInForce(_ lock: ProfileLock) {
        typealias Ended = (isDropped: Bool, flight: Task<Void, Never>?, waiters: [UInt64: Waiter])
        let ended: Ended = protected.withLock { protected in
            defer { (protected.flight, protected.waiters) = (nil, [:]) }
            return (protected.state.locked(lock), protected.flight?.task, protected.waiters)
        }
        ended.flight?.cancel()
        if ended.isDropped { environment.audit.record(.tokenDropped(profile.name)) }
        for waiter in ended.waiters.values { waiter.resume(returning: lock.error(for: profile.name)) }
    }

    /// The token for the next instance; `nil` when there is none.
    var handed: HandedToken? { protected.withLock { $0.state.token?.handed(by: profile) } }

    /// Keeps a token that another instance left.
    ///
    /// - Returns: its number; `nil` when it is not kept.
    func takeOver(_ token: VerifiedToken, _ handed: HandedToken, now: Moment) -> UInt64? {
        let draw = environment.draw()
        let kept: CachedToken? = protected.withLock { protected in
            let isKept = protected.state.tookOver {
                CachedToken(token, handed: handed, generation: $0, now: now, draw: draw)
            }
            return isKept ? protected.state.token : nil
        }
        guard let kept else { return nil }
        let obtainedAt = now.wall.addingTimeInterval(-(now.boot - handed.obtainedAt).seconds)
        environment.audit.record(.tokenTakenOver(profile.name, kept.audited, obtainedAt: obtainedAt))
        environment.changed()
        news.send()
        return kept.generation
    }

    /// The compact form of the token of this number, if that is the one which is kept.
    func unverifiedToken(_ generation: UInt64) -> UnverifiedToken? {
        protected.withLock { protected in
            guard let token = protected.state.token, token.generation == generation else { return nil }
            return UnverifiedToken(compact: token.token.compact.exposed)
        }
    }

    /// Drops the token of this number: it did not pass when it was looked at again.
    func drop(_ generation: UInt64) {
        guard protected.withLock({ $0.state.dropped(generation) }) else { return }
        environment.audit.record(.tokenDropped(profile.name))
        environment.changed()
        news.send()
    }

    private func refusal(_ lock: ProfileLock) -> Refusal {
        Refusal(error: lock.error(for: profile.name), retryAfter: .seconds(60))
    }

    /// How requests for the token were served, since the broker started.
    package var use: LaneUse { protected.withLock(\.use) }

    package var status: ProfileStatus {
        let now = environment.time.now
        return protected.withLock { ProfileStatus(profile, $0.state, now: now) }
    }

    // MARK: The flight

    /// Starts the flight that the state allows; when it was locked since, there is none.
    private func startFlight() {
        protected.withLock { protected in
            guard let number = protected.state.flight, protected.flight?.number != number else { return }
            // Unstructured: it belongs to the lane and to everybody who waits, so no caller's cancellation may end it.
            let task = Task {
                let result = await Result.of { () throws(AcquisitionError) in try await pipeline.token(of: profile) }
                land(number, result)
            }
            protected.flight = (number, task)
        }
    }

    private func land(_ flight: UInt64, _ result: Result<VerifiedToken, AcquisitionError>) {
        let now = environment.time.now
        let draw = environment.draw()
        let (landing, waiters): (LaneState.Landing, [UInt64: Waiter]) = protected.withLock { protected in
            let landing =
                switch result {
                case .success(let token):
                    protected.state.renewed(flight, now: now) { generation, late in
                        CachedToken(token, generation: generation, now: now, late: late, draw: draw)
                    }
                case .failure(let error):
                    protected.state.failed(flight, error, now: now.boot, draw: draw)
                }
            guard landing != .thrownAway else { return (landing, [:]) }
            defer { (protected.flight, protected.waiters) = (nil, [:]) }
            return (landing, protected.waiters)
        }
        switch result {
        case .success where landing == .thrownAway:
            environment.audit.record(.tokenDropped(profile.name))
        case .failure where landing == .thrownAway:
            // The lock ended the attempt, so its error says nothing about the services.
            break
        case .success(let token):
            environment.audit.record(.tokenObtained(profile.name, AuditedToken(token)))
            for waiter in waiters.values { waiter.resume(returning: nil) }
        case .failure(let error):
            environment.audit.record(.acquisitionFailed(profile.name, error))
            if landing == .tokenDropped { environment.audit.record(.tokenDropped(profile.name)) }
            for waiter in waiters.values { waiter.resume(returning: error) }
        }
        environment.changed()
        news.send()
    }

    // MARK: Waiting

    /// Waits for the end of the flight under way.
    ///
    /// - Parameters:
    ///   - deadline: on the boot-time clock.
    ///   - isRequest: a workload waits, and not an operator.
    /// - Returns: what it ended with; `nil` when it brought a token.
    private func waitForFlight(until deadline: Duration, isRequest: Bool = false) async -> AcquisitionError? {
        let id = protected.withLock { protected in
            protected.lastWaiter &+= 1
            return protected.lastWaiter
        }
        let timer = Task { [environment] in
            do {
                try await environment.time.sleep(until: deadline)
                self.endWait(id, with: Self.patienceEnded)
            } catch {
                // Cancelled: the wait ended first.
            }
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: Outcome = protected.withLock { protected in
                    if isRequest { protected.use.waits(joining: !protected.waiters.isEmpty) }
                    if let lock = protected.state.lock { return .known(lock.error(for: profile.name)) }
                    // The flight landed before the wait began: its outcome is in the state.
                    guard protected.state.isRenewing else {
                        let error = protected.state.failure?.error
                        return .known(error ?? (protected.state.token == nil ? Self.noToken : nil))
                    }
                    guard !Task.isCancelled, environment.time.now.boot < deadline else {
                        return .known(Self.patienceEnded)
                    }
                    protected.waiters[id] = continuation
                    return .waiting
                }
                if case .known(let error) = outcome { continuation.resume(returning: error) }
            }
        } onCancel: {
            endWait(id, with: Self.patienceEnded)
        }
    }

    private enum Outcome {
        case known(AcquisitionError?)
        case waiting
    }

    private func endWait(_ id: UInt64, with error: AcquisitionError) {
        protected.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: error)
    }

    private static let noToken = AcquisitionError(.upstreamFailed, "no token could be obtained")
    private static let patienceEnded = AcquisitionError(
        .timedOut,
        "no token arrived in time; the attempt goes on, ask again"
    )
    private static let foreignPermit = Refusal(
        error: AcquisitionError(.requestRejected, "the permit is for another profile"),
        retryAfter: .seconds(60)
    )
}
