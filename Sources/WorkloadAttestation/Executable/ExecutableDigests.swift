internal import AccessPolicy
internal import MessageDigests
internal import Synchronization

/// Computes the digests of executables, each once, and keeps them.
final class ExecutableDigests: Sendable {
    private let pool: WorkPool
    private let time: Duration
    private let wallClock: @Sendable () -> Int64
    private let observe: AttestationObserver
    private let state: Mutex<State>

    typealias Outcome = Result<Fact<String>, AttestationError>

    private struct State {
        var cache: DigestCache
        var flights: [Flight: [CheckedContinuation<Outcome, Never>]] = [:]
    }

    /// What one computation is for.
    ///
    /// The user is part of it: a user whose work must wait for too much other work of his cannot make others wait with him.
    private struct Flight: Hashable {
        let version: FileStatus.Version
        let user: UInt32
    }

    /// How long after its last change a file is taken to have settled, in nanoseconds.
    ///
    /// Before, it can change again without a new time of change, as clocks of file systems have steps of some milliseconds:
    /// its digest is not kept and not shared.
    private static let settlingTime: Int64 = 2_000_000_000

    init(
        limits: AttestationLimits,
        clock: any Clock<Duration>,
        wallClock: @escaping @Sendable () -> Int64,
        observe: @escaping AttestationObserver
    ) {
        pool = WorkPool(limits: limits.digests, clock: clock)
        time = limits.digestTime
        self.wallClock = wallClock
        self.observe = observe
        state = Mutex(State(cache: DigestCache(capacity: limits.keptDigests)))
    }

    /// The digest of a file in this state, if it was computed before.
    func kept(_ version: FileStatus.Version) -> SHA256Digest? {
        state.withLock { $0.cache.digest(of: version) }
    }

    /// The digest, computed now.
    ///
    /// One computation runs for all who ask on behalf of the same user; each waits at most as long as it does.
    func digest(of file: ExecutableFile, user: UInt32) async -> Outcome {
        // A mapping of a file in memory (tmpfs) changes its content and none of its times. So a digest is only kept where no
        // user can have such a mapping.
        guard file.isOutOfUsersHands, hasSettled(file.version) else {
            return await compute(file, user: user, keeping: false)
        }
        let flight = Flight(version: file.version, user: user)
        let isFirst = state.withLock { state in
            guard state.flights[flight] == nil else { return false }
            state.flights[flight] = []
            return true
        }
        guard isFirst else { return await result(of: flight) }
        let outcome = await compute(file, user: user, keeping: true)
        let waiting = state.withLock { $0.flights.removeValue(forKey: flight) }
        for continuation in waiting ?? [] { continuation.resume(returning: outcome) }
        return outcome
    }

    private func result(of flight: Flight) async -> Outcome {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard let waiting = state.flights[flight] else { return true }
                state.flights[flight] = waiting + [continuation]
                return false
            }
            guard isOver else { return }
            // It ended a moment ago. A failure is not kept, so there may be nothing to tell but to ask again.
            continuation.resume(
                returning: kept(flight.version).map { .success(.known($0.hexadecimal)) }
                    ?? .failure(AttestationError(.busy, "the digest of the executable was not computed; try again"))
            )
        }
    }

    private func hasSettled(_ version: FileStatus.Version) -> Bool {
        let (age, overflow) = wallClock().subtractingReportingOverflow(version.changed)
        return !overflow && age > Self.settlingTime
    }

    private func compute(_ file: ExecutableFile, user: UInt32, keeping: Bool) async -> Outcome {
        await pool.run(for: .user(user), within: time, "computing the digest of an executable") { abandoned in
            .success(self.fact(file, abandoned, keeping: keeping))
        }
    }

    private func fact(_ file: ExecutableFile, _ abandoned: AbandonedFlag, keeping: Bool) -> Fact<String> {
        // Another user's computation may have come first.
        if keeping, let digest = kept(file.version) { return .known(digest.hexadecimal) }
        observe(.content)
        do throws(ExecutableFile.Unusable) {
            let digest = try file.digest(abandoned)
            if keeping { state.withLock { $0.cache.keep(digest, of: file.version) } }
            return .known(digest.hexadecimal)
        } catch {
            return .unknown(error.reason)
        }
    }
}
