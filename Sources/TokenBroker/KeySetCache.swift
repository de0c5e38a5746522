package import JOSE

/// The key set of the token issuer: fetched once, refreshed in the background, the last good one kept.
///
/// It remembers the keys that were in it.
package actor KeySetCache {
    private let source: any KeySetSource
    private let time: any TimeSource
    private let spans: SpanSource
    private var current: (keys: KeySet, fetchedAt: Duration)?
    private var history = KeySightings()
    private var nextRefresh: Duration?
    private var lastAttempts: [String: Duration] = [:]
    private var inFlight: Task<Result<KeySet, AcquisitionError>, Never>?

    package init(source: any KeySetSource, time: any TimeSource, spans: SpanSource = .none) {
        self.source = source
        self.time = time
        self.spans = spans
    }

    /// The key set, fetched now if there is none yet.
    package func keySet() async throws(AcquisitionError) -> KeySet {
        if let current { return current.keys }
        return try await fetch().get()
    }

    /// The key set after a look for a key that the current one lacks.
    ///
    /// One look per key ID and minute, and at most ``rememberedKeyIDs`` different IDs a minute: beyond that, and when the
    /// fetch fails, the answer is the set as it is.
    package func keySet(lookingFor keyID: String) async -> KeySet? {
        let now = time.now.boot
        lastAttempts = lastAttempts.filter { now - $0.value < Self.distance }
        if let current, current.keys.keyIDs.contains(keyID) { return current.keys }
        guard lastAttempts[keyID] == nil, lastAttempts.count < Self.rememberedKeyIDs else { return current?.keys }
        lastAttempts[keyID] = now
        // A fetch that was under way may have asked before the key was published.
        let isJoined = inFlight != nil
        _ = await fetch()
        if isJoined, current?.keys.keyIDs.contains(keyID) != true { _ = await fetch() }
        return current?.keys
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
        current.map { KeyRing(published: $0.keys, kept: history.kept(at: time.now)) }
    }

    /// A token that the broker obtained passed with the key of this ID.
    func verified(_ token: VerifiedToken, with keyID: String) { history.verified(token, with: keyID) }

    /// The keys that were seen: those of the set in use first.
    var sightings: [KeySighting] { history.all(at: time.now) }

    /// When the set is to be looked at again, on the boot-time clock.
    package var nextLook: Duration {
        let now = time.now.boot
        // Nothing is fetched that nobody needed yet, and one fetch at a time is enough.
        guard current != nil, inFlight == nil else { return now + Self.age }
        return nextRefresh ?? now
    }

    /// Refreshes the set when it is old.
    ///
    /// When that fails, the next attempt waits for as long as IAM asks, a minute at least.
    package func refreshIfOld() async {
        guard nextLook <= time.now.boot else { return }
        guard case .failure(let error) = await fetch() else { return }
        nextRefresh = time.now.boot + max(Self.distance, error.retryAfter ?? .zero)
    }

    /// The keys in use, without fetching any.
    package var cached: KeySet? { current?.keys }

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
            current = (keys, now.boot)
            history.fetched(keys, at: now)
            nextRefresh = now.boot + Self.age
        }
        return result
    }

    private static let age: Duration = .seconds(3_600)
    private static let distance: Duration = .seconds(60)
    private static let rememberedKeyIDs = 16
}
