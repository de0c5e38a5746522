/// What the metadata service says of this instance, kept for a while: one request at a time for each question.
///
/// The identity token that reads it stays in here.
package actor InstanceMetadata {
    private struct Kept {
        let answer: MetadataAnswer
        let until: Duration
        let size: Int
    }

    private let source: any MetadataSource
    private let identity: IdentityTokens
    private let time: any TimeSource
    private let keep: Duration
    private var kept: [MetadataQuery: Kept] = [:]
    private var size = 0
    private var inFlight: [MetadataQuery: Task<Result<MetadataAnswer, AcquisitionError>, Never>] = [:]
    private var refusal: (error: AcquisitionError, until: Duration)?

    /// What is kept at most; a few hundred kilobytes are a large instance's.
    private static let mostEntries = 64
    private static let mostBytes = 8 << 20
    /// Different questions under way at most.
    private static let mostInFlight = 16

    /// - Parameter keep: how long an answer is given again; zero: never.
    package init(source: any MetadataSource, identity: IdentityTokens, time: any TimeSource, keep: Duration) {
        (self.source, self.identity, self.time, self.keep) = (source, identity, time, keep)
    }

    /// What the metadata service says to `query`, or said not longer ago than answers are kept.
    package func answer(_ query: MetadataQuery) async throws(AcquisitionError) -> MetadataAnswer {
        let now = time.now.boot
        if let entry = kept[query], now < entry.until { return entry.answer }
        if let refusal, now < refusal.until { throw refusal.error }
        if let task = inFlight[query] { return try await task.value.get() }
        guard inFlight.count < Self.mostInFlight else {
            throw AcquisitionError(
                .rateLimited,
                "too much is being read of the metadata service",
                retryAfter: .seconds(1)
            )
        }
        // Unstructured: it belongs to everybody who waits, so none of them may cancel it.
        let task = Task { [source, identity] in
            await Result.of { () throws(AcquisitionError) in
                try await identity.using { identity throws(AcquisitionError) in
                    try await source.metadata(query, identity)
                }
            }
        }
        inFlight[query] = task
        let result = await task.value
        inFlight[query] = nil
        switch result {
        case .success(let answer): store(answer, for: query)
        case .failure(let error): refusal = error.retryAfter.map { (error, time.now.boot + $0) }
        }
        return try result.get()
    }

    private func store(_ answer: MetadataAnswer, for query: MetadataQuery) {
        let now = time.now.boot
        for (query, entry) in kept where entry.until <= now { remove(query, entry) }
        if let former = kept[query] { remove(query, former) }
        let length = if case .document(let bytes) = answer { bytes.count } else { 0 }
        guard keep > .zero, length <= Self.mostBytes else { return }
        while kept.count >= Self.mostEntries || size + length > Self.mostBytes,
            let oldest = kept.min(by: { $0.value.until < $1.value.until })
        {
            remove(oldest.key, oldest.value)
        }
        kept[query] = Kept(answer: answer, until: now + keep, size: length)
        size += length
    }

    private func remove(_ query: MetadataQuery, _ entry: Kept) {
        kept[query] = nil
        size -= entry.size
    }
}

/// Has identity certificates of this instance signed.
package struct InstanceCertificates: Sendable {
    private let issuer: any CertificateIssuer
    private let identity: IdentityTokens

    package init(issuer: any CertificateIssuer, identity: IdentityTokens) {
        (self.issuer, self.identity) = (issuer, identity)
    }

    /// One certificate, as the service gave it.
    package func certificate(_ request: CertificateRequest) async throws(AcquisitionError) -> IssuedCertificate {
        try await identity.using { token throws(AcquisitionError) in try await issuer.certificate(request, token) }
    }
}

extension IdentityTokens {
    /// Calls `body` with an identity token, and once more with a new one when that was not accepted: it may have ended early.
    nonisolated func using<Value: Sendable>(
        _ body: (InstanceIdentityToken) async throws(AcquisitionError) -> Value
    ) async throws(AcquisitionError) -> Value {
        let first = try await token()
        do {
            return try await body(first)
        } catch  where error.code == .identityRejected {
            await invalidate(first)
            return try await body(try await token())
        }
    }
}
