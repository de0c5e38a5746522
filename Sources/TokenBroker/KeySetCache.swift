package import JOSE

/// The key set of the token issuer: fetched once, refreshed in the background, the last good one kept.
///
/// It remembers the keys that were in it.
package actor KeySetCache {
    private let source: any KeySetSource
    private let time: any TimeSource
    private let spans: SpanSource
    private var current: KeySet?
    private var history = KeySightings()
    private var schedule = KeySetSchedule()
    private var lastAttempts: [String: Duration] = [:]
    private var inFlight: Task<Result<KeySet, AcquisitionError>, Never>?

    package init(source: any KeySetSource, time: any TimeSource, spans: SpanSource = .none) {
        self.source = source
        self.time = time
        self.spans = spans
    }

    /// The key set, fetched now if there is none yet.
    package func keySet() async throws(AcquisitionError) -> KeySet {
        if let current { return current }
        return try await fetch().get()
    }

    /// The key set after a look for a key that the current one lacks.
    ///
    /// One look per key ID and minute, and at most ``rememberedKeyIDs`` different IDs a minute: beyond that, and when the
    /// fetch fails, the answer is the set as it is.
    package func keySet(lookingFor keyID: String) async -> KeySet? {
        let now = time.now.boot
        lastAttempts = lastAttempts.filter { now - $0.value < KeySetSchedule.distance }
        if let current, current.keyIDs.contains(keyID) { return current }
        guard lastAttempts[keyID] == nil, lastAttempts.count < Self.rememberedKeyIDs else { return current }
        lastAttempts[keyID] = now
        // A fetch that was under way may have asked before the key was published.
        let isJoined = inFlight != nil
        _ = await fetch()
        if isJoined, current?.keyIDs.contains(keyID) != true { _ = await fetch() }
        return current
    }

    /// The key set, fetched now if there is none yet, and the keys that left it and still count.
    func keyRing() async throws(AcquisitionError) -> KeyRing {
        KeyRing(published: try await keySet(), kept: history.kept(at: time.now))
    }

    /// The same after a look for a key, see ``keySet(lookingFor:)``.
    func keyRing(lookingFor keyID: String) async -> KeyRing? {
        let keys = await keySet(lookingFor: keyID)
        return keys.map { KeyRing(published: $0, kept: history.kept(at: time.now)) }
    }

    /// The keys in use and those that left and still count, without fetching any.
    var cachedKeyRing: KeyRing? {
        current.map { KeyRing(published: $0, kept: history.kept(at: time.now)) }
    }

    /// A token that the broker obtained passed with the key of this ID.
    func verified(_ token: VerifiedToken, with keyID: String) { history.verified(token, with: keyID) }

    /// The keys that were seen: those of the set in use first.
    var sightings: [KeySighting] { history.all(at: time.now) }

    /// When the set is to be looked at again, on the boot-time clock.
    ///
    /// - Parameter draw: uniform in 0..<1, so that many machines do not look together.
    /// - Returns: the time; an hour from now while there is no set, or one is on its way.
    package func nextLook(draw: @Sendable () -> Double) -> Duration {
        // Nothing is fetched that nobody needed yet, and one fetch at a time is enough.
        guard inFlight == nil, let next = schedule.nextLook(draw: draw) else {
            return time.now.boot + KeySetSchedule.life
        }
        return next
    }

    /// Refreshes the set when it is old.
    ///
    /// When that fails, the next attempt waits for as long as IAM asks, a minute at least.
    ///
    /// - Parameter draw: as above.
    package func refreshIfOld(draw: @Sendable () -> Double) async {
        guard nextLook(draw: draw) <= time.now.boot else { return }
        guard case .failure(let error) = await fetch() else { return }
        schedule.failed(now: time.now.boot, asked: error.retryAfter)
    }

    /// The keys in use, without fetching any.
    package var cached: KeySet? { current }

    private func fetch() async -> Result<KeySet, AcquisitionError> {
        if let inFlight { return await inFlight.value }
        // Unstructured: it belongs to everybody who waits, so none of them may cancel it.
        let task = Task { [source, spans] in
            await Result.of { () throws(AcquisitionError) in
                try await spans.span("key set fetch") { _ throws(AcquisitionError) in try await source.keySet() }
            }
        }
        inFlight = task
        let result = await task.value
        inFlight = nil
        if case .success(let keys) = result {
            let now = time.now
            current = keys
            history.fetched(keys, at: now)
            schedule.fetched(now: now.boot)
        }
        return result
    }

    private static let rememberedKeyIDs = 16
}
