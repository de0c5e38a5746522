internal import FoundationEssentials

/// Keeps the identity token for the short time it lives, and gets a new one when needed: one request at a time.
package actor IdentityTokens {
    private let source: any IdentityTokenSource
    private let time: any TimeSource
    private var current: (token: InstanceIdentityToken, bootExpiry: Duration)?
    private var refusal: (error: AcquisitionError, until: Duration)?
    private var inFlight: Task<Result<InstanceIdentityToken, AcquisitionError>, Never>?
    /// What was asked for before the last ``forget()`` is not kept.
    private var epoch: UInt64 = 0

    package init(source: any IdentityTokenSource, time: any TimeSource) {
        self.source = source
        self.time = time
    }

    /// A token with at least ``margin`` left.
    ///
    /// A task that was cancelled gets none: it belongs to an attempt that a lock ended, maybe before ``forget()``.
    package func token() async throws(AcquisitionError) -> InstanceIdentityToken {
        guard !Task.isCancelled else { throw .lockedMeanwhile }
        let now = time.now
        if let current,
            min(current.token.expiresAt.timeIntervalSince(now.wall), (current.bootExpiry - now.boot).seconds)
                >= Self.margin.seconds
        {
            return current.token
        }
        // Profiles share this call: when one is asked to wait, all of them wait.
        if let refusal, now.boot < refusal.until { throw refusal.error }
        return try await renew().get()
    }

    /// Forgets `token` because it was not accepted; a newer one that arrived meanwhile stays.
    package func invalidate(_ token: InstanceIdentityToken) {
        if current?.token.compact == token.compact { current = nil }
    }

    /// Makes `call` with a token, and once more with a new one when the first is not accepted.
    nonisolated func use<Answer>(
        _ call: (InstanceIdentityToken) async throws(AcquisitionError) -> Answer
    ) async throws(AcquisitionError) -> Answer {
        let token = try await token()
        do {
            return try await call(token)
        } catch  where error.code == .identityRejected {
            await invalidate(token)
            return try await call(try await self.token())
        }
    }

    /// Forgets whatever token there is; one that is on its way is not kept.
    func forget() {
        epoch &+= 1
        (current, inFlight) = (nil, nil)
    }

    private func renew() async -> Result<InstanceIdentityToken, AcquisitionError> {
        if let inFlight { return await inFlight.value }
        // Unstructured: it belongs to everybody who waits, so none of them may cancel it.
        let task = Task { [source] in
            await Result.of { () throws(AcquisitionError) in try await source.identityToken() }
        }
        inFlight = task
        let asked = epoch
        let result = await task.value
        guard asked == epoch else { return result }
        inFlight = nil
        let now = time.now
        refusal = nil
        switch result {
        case .success(let token):
            current = (token, now.boot + .seconds(max(0, token.expiresAt.timeIntervalSince(now.wall))))
        case .failure(let error):
            if let retryAfter = error.retryAfter { refusal = (error, now.boot + retryAfter) }
        }
        return result
    }

    /// An identity token is used within seconds; this is ample for an exchange and its deadlines.
    private static let margin: Duration = .seconds(30)
}

extension Result where Success: Sendable {
    /// The outcome of `body` as a value.
    static func of(_ body: () async throws(Failure) -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
