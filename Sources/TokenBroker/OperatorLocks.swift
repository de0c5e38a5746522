internal import AccessPolicy
internal import FoundationEssentials
internal import Synchronization

/// Puts the locks of operators in force, and stores them.
///
/// A lock holds before it is stored; an unlock is stored before anything is unlocked. So whatever fails, it is never the
/// side of handing out.
actor OperatorLocks {
    private var locks: LockSet
    /// The lock of all, for whoever has no lane: it must be known without waiting for a turn here.
    nonisolated let all: Mutex<ProfileLock?>
    private let store: any LockStore
    private let lanes: [ProfileName: ProfileLane]
    private let environment: LaneEnvironment
    private let forgetIdentity: @Sendable () async -> Void
    /// How often each lock was demanded: an unlock that takes its time must not undo a lock that came meanwhile.
    private var demands: [ProfileName?: UInt64] = [:]
    /// The end of the last turn at the store.
    private var lastTurn: Task<Void, Never>?

    /// - Parameters:
    ///   - stored: the locks at start, which the lanes know already.
    ///   - lanes: every profile of the configuration.
    ///   - environment: clocks and the audit log.
    ///   - forgetIdentity: drops the cached identity token.
    init(
        _ stored: StoredLocks,
        lanes: [ProfileName: ProfileLane],
        environment: LaneEnvironment,
        forgetIdentity: @escaping @Sendable () async -> Void
    ) {
        (locks, store) = (stored.locks, stored.store)
        all = Mutex(stored.locks.all)
        (self.lanes, self.environment, self.forgetIdentity) = (lanes, environment, forgetIdentity)
    }

    /// Locks `profile`, or all when it is `nil`.
    ///
    /// - Returns: the locks in force afterwards. A lock that exists stays as it is, and is stored once more.
    func lock(_ profile: ProfileName?, by user: UInt32) async throws(LockFailure) -> LockSet {
        if let profile, !isKnown(profile) { throw .unknown(profile) }
        demands[profile, default: 0] &+= 1
        if locks[profile] == nil {
            locks[profile] = ProfileLock(since: environment.time.now.wall, by: user)
            enforce()
        }
        // Again, too: an operator relies on it from now on.
        environment.audit.record(.locked(profile, by: user))
        if profile == nil { await forgetIdentity() }
        try await inTurn { await $0.store() }.get()
        return locks
    }

    /// Takes back the lock of `profile`, or the lock of all when it is `nil`; locks of single profiles then stay.
    ///
    /// - Returns: the locks that are left.
    func unlock(_ profile: ProfileName?, by user: UInt32) async throws(LockFailure) -> LockSet {
        if let profile, !isKnown(profile) { throw .unknown(profile) }
        return try await inTurn { await $0.lift(profile, by: user) }.get()
    }

    /// A profile that was locked and is not configured any more can be unlocked.
    private func isKnown(_ profile: ProfileName) -> Bool { lanes[profile] != nil || locks.profiles[profile] != nil }

    private func enforce() {
        let lockOfAll = locks.all
        all.withLock { $0 = lockOfAll }
        for (profile, lane) in lanes { lane.setLock(locks.lock(on: profile)) }
    }

    // MARK: Turns at the store

    private func store() async -> Result<Void, LockFailure> {
        do {
            try await store.save(locks)
            return .success(())
        } catch {
            return .failure(
                LockFailure(.notStored, "the lock holds now but would not survive a restart: \(error.message)")
            )
        }
    }

    private func lift(_ profile: ProfileName?, by user: UInt32) async -> Result<LockSet, LockFailure> {
        // Otherwise somebody would believe that the profile can be used now.
        if profile != nil, locks.all != nil { return .failure(.allAreLocked) }
        guard locks[profile] != nil else { return .success(locks) }
        let seen = demands[profile]
        var left = locks
        left[profile] = nil
        do {
            try await store.save(left)
        } catch {
            return .failure(await putBack(after: error))
        }
        // The lock that came meanwhile stores itself in its turn.
        guard demands[profile] == seen else { return .failure(.lockedMeanwhile) }
        locks[profile] = nil
        enforce()
        environment.audit.record(.unlocked(profile, by: user))
        return .success(locks)
    }

    /// Nothing was unlocked, so nothing may be unlocked after a restart either.
    private func putBack(after error: LockStoreError) async -> LockFailure {
        let failure = "nothing was unlocked: \(error.message)"
        guard error.isContentUncertain else { return LockFailure(.notStored, failure) }
        do {
            try await store.save(locks)
            return LockFailure(.notStored, failure)
        } catch {
            return LockFailure(.notStored, "\(failure); a restart may unlock it nevertheless")
        }
    }

    /// Runs `body` after all that came before it.
    ///
    /// A turn belongs to nobody: who asked for it may go away, and what was begun is finished.
    private func inTurn<Value: Sendable>(
        _ body: @escaping @Sendable (isolated OperatorLocks) async -> Value
    ) async -> Value {
        let previous = lastTurn
        let turn = Task {
            await previous?.value
            return await body(self)
        }
        lastTurn = Task { _ = await turn.value }
        return await turn.value
    }
}
