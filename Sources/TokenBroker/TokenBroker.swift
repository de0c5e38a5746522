package import AccessPolicy
package import JOSE
internal import Synchronization

/// All profiles of this instance and what keeps their tokens fresh.
package final class TokenBroker: Sendable {
    package let time: any TimeSource
    private let lanes: [ProfileName: ProfileLane]
    let keys: KeySetCache
    let pipeline: TokenPipeline
    let signal: RenewalSignal
    /// Tokens of the last instance that only its own keys vouch for.
    let provisional = Mutex(ProvisionalTokens())
    private let locks: OperatorLocks
    private let draw: @Sendable () -> Double

    /// - Parameters:
    ///   - profiles: with different names; of two with the same name the first counts.
    ///   - pipeline: obtains and verifies tokens.
    ///   - keys: the key set that the pipeline verifies with.
    ///   - time: the clocks.
    ///   - draw: uniform in 0..<1; the source of all jitter.
    ///   - audit: where events go.
    ///   - locks: what operators have locked; it holds from the start.
    package init(
        profiles: [TrustedProfile],
        pipeline: TokenPipeline,
        keys: KeySetCache,
        time: any TimeSource,
        draw: @escaping @Sendable () -> Double,
        audit: any AuditLog,
        locks: StoredLocks
    ) {
        self.time = time
        self.keys = keys
        self.pipeline = pipeline
        self.draw = draw
        let signal = RenewalSignal()
        self.signal = signal
        let environment = LaneEnvironment(time: time, draw: draw, audit: audit, changed: { signal.send() })
        lanes = Dictionary(
            profiles.map { profile in
                let lock = locks.locks.lock(on: profile.name)
                let lane = ProfileLane(profile: profile, pipeline: pipeline, environment: environment, lock: lock)
                return (profile.name, lane)
            },
            uniquingKeysWith: { first, _ in first }
        )
        self.locks = OperatorLocks(
            locks,
            lanes: lanes,
            environment: environment,
            forgetIdentity: { await pipeline.forgetIdentity() }
        )
    }

    /// The lane of a profile, or `nil` when there is no such profile.
    package func lane(_ profile: ProfileName) -> ProfileLane? { lanes[profile] }

    /// Ends the wait of everybody who waits for news of a token: the broker stops.
    package func endNews() { for lane in lanes.values { lane.endNews() } }

    /// Has those look again who keep tokens somewhere: another policy is in force.
    package func policyChanged() { for lane in lanes.values { lane.announce() } }

    /// How often something happened to a profile that its lane did: another token, a failure, a lock.
    package var happenings: UInt64 { signal.count }

    /// Waits until something happened after the `seen`-th time, for `deadline` on the boot-time clock, or for cancellation.
    package func happened(after seen: UInt64, until deadline: Duration) async {
        await signal.wait(after: seen, until: deadline, time: time)
    }

    /// The profiles, sorted by name.
    package var profiles: [TrustedProfile] {
        lanes.values.map(\.profile).sorted { $0.name.rawValue < $1.name.rawValue }
    }

    /// How every profile is doing, sorted by name.
    package var status: [ProfileStatus] {
        lanes.values.map(\.status).sorted { $0.profile.rawValue < $1.profile.rawValue }
    }

    /// Locks a profile, or all when `profile` is `nil`: tokens are wiped, and nobody gets one until it is unlocked.
    ///
    /// All means those that are configured later, too.
    ///
    /// - Parameters:
    ///   - profile: the profile; `nil` for all.
    ///   - user: the operator's user ID.
    /// - Returns: all locks in force.
    /// - Throws: ``LockFailure``; with ``LockFailure/Code/notStored`` the lock holds all the same, until a restart.
    package func lock(_ profile: ProfileName?, by user: UInt32) async throws(LockFailure) -> LockSet {
        try await locks.lock(profile, by: user)
    }

    /// Takes back what ``lock(_:by:)`` did with the same profile, or with `nil`; other locks stay.
    ///
    /// - Returns: all locks that are left.
    /// - Throws: ``LockFailure``; nothing is unlocked then.
    package func unlock(_ profile: ProfileName?, by user: UInt32) async throws(LockFailure) -> LockSet {
        try await locks.unlock(profile, by: user)
    }

    /// The lock of all profiles, while it is in force: then nothing of the instance is to be handed out either.
    package var lockOfAll: ProfileLock? { locks.all.withLock { $0 } }

    /// The key set in use, without fetching one.
    package var cachedKeys: KeySet? { get async { await keys.cached } }

    /// The issuer's keys that were seen since the broker started: those of the set in use first.
    package var keySightings: [KeySighting] { get async { await keys.sightings } }

    /// What the issuer's keys say of a token that somebody brought; `nil` when there are none yet.
    ///
    /// A key that left the set counts for tokens from before, until the last of the broker's own ends (docs/decisions/0014). What is brought here does not
    /// make it count for longer.
    ///
    /// Nothing is fetched for it: otherwise every local process could make the broker call IAM.
    package func verify(_ token: UnverifiedToken) async -> Verdict? {
        await keys.cachedKeyRing.map { pipeline.verify(token, with: $0, now: time.now.wall) }
    }

    /// The same for a token that the broker itself asked for: the issuer's keys are fetched when there are none yet, or when they lack
    /// the one that signed it.
    ///
    /// - Returns: `nil` when the keys cannot be had.
    package func verifyOwn(_ token: UnverifiedToken) async -> Verdict? {
        guard let ring = try? await keys.keyRing() else { return nil }
        let verdict = pipeline.verify(token, with: ring, now: time.now.wall)
        guard case .reject(.keyUnknown) = verdict, let keyID = token.keyID,
            let newer = await keys.keyRing(lookingFor: keyID)
        else { return verdict }
        return pipeline.verify(token, with: newer, now: time.now.wall)
    }

    /// Looks at every profile again: a clock was set.
    package func clockWasSet() {
        for lane in lanes.values { lane.clockWasSet() }
        signal.send()
    }

    /// Renews what is due, for ever, until the task is cancelled.
    func keepFresh() async {
        while !Task.isCancelled {
            let seen = signal.count
            var next = await keys.nextLook(draw: draw)
            if next <= time.now.boot {
                // Unstructured: a key set that hangs must not hold up the tokens. It ends at its own deadlines.
                Task { [keys, signal, draw] in
                    await keys.refreshIfOld(draw: draw)
                    signal.send()
                }
                next = time.now.boot + Self.longestSleep
            }
            for lane in lanes.values {
                if let due = lane.examine() { next = min(next, due) }
            }
            await signal.wait(after: seen, until: next, time: time)
        }
    }

    /// The service looks around now and then even when nothing is due.
    private static let longestSleep: Duration = .seconds(3_600)
}
