/// What the instance reads about itself: kept for a short time, and asked for once however many want it.
package actor InstanceMetadata {
    private typealias Outcome = Result<MetadataAnswer, AcquisitionError>

    private struct Flight {
        let task: Task<Outcome, Never>
        /// Who asked first.
        let userID: UInt32
    }

    private let source: any MetadataSource
    private let identity: IdentityTokens
    private let time: any TimeSource
    private var cache: MetadataCache
    private var inFlight: [MetadataQuery: Flight] = [:]
    private var refusal: (error: AcquisitionError, until: Duration)?

    /// An answer counts for `keep` from the moment it was asked for; zero keeps none.
    package init(source: any MetadataSource, identity: IdentityTokens, time: any TimeSource, keep: Duration) {
        self.source = source
        self.identity = identity
        self.time = time
        cache = MetadataCache(keep: keep)
    }

    /// What the metadata service says, or said no longer ago than answers are kept.
    ///
    /// A failure is told to all who waited for it and forgotten. When the service asks to be left alone it is: nothing is
    /// sent for so long, whatever is asked for.
    package func answer(
        _ query: MetadataQuery,
        for userID: UInt32
    ) async throws(AcquisitionError) -> MetadataAnswer {
        guard query.isWellFormed else {
            throw AcquisitionError(
                .requestRejected,
                "the metadata service was not asked: the path or page is malformed"
            )
        }
        let now = time.now.boot
        if let answer = cache.answer(to: query, at: now) { return answer }
        if let flight = inFlight[query] { return try await flight.task.value.get() }
        if let refusal, now < refusal.until { throw refusal.error }
        let own = inFlight.values.count { $0.userID == userID }
        guard inFlight.count < Self.flights, own < Self.flightsPerUser else {
            let count = own < Self.flightsPerUser ? "\(Self.flights)" : "\(own) of this user's"
            throw AcquisitionError(
                .rateLimited,
                "the metadata service was not asked: \(count) other questions wait for its answer; ask again later",
                retryAfter: .seconds(1)
            )
        }
        // Unstructured: it belongs to everybody who waits, so none of them may cancel it.
        let task = Task { [source, identity] in
            await Outcome.of { () throws(AcquisitionError) in
                try await identity.use { token throws(AcquisitionError) in try await source.metadata(query, token) }
            }
        }
        inFlight[query] = Flight(task: task, userID: userID)
        let outcome = await task.value
        inFlight[query] = nil
        switch outcome {
        case .success(let answer):
            // Names and lengths of pages are free: with them one reader could push out all that others want.
            if query.start == nil, query.limit == nil { cache.add(answer, to: query, asked: now) }
        case .failure(let error):
            if let retryAfter = error.retryAfter { refusal = (error, time.now.boot + retryAfter) }
        }
        return try outcome.get()
    }

    /// Different questions that may be under way at the same time.
    static let flights = 16
    /// Those of one user, so that none can take them all.
    static let flightsPerUser = 4
}
