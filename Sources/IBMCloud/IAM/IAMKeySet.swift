internal import FoundationEssentials
package import JOSE
internal import NIOHTTP1
package import TokenBroker

/// The key set that IAM tokens are signed with (reference: IBM API, section 4.1).
package struct IAMKeySet: KeySetSource {
    private let url: String
    private let transport: HTTPTransport
    private let now: @Sendable () -> Date

    /// The transport is its owner's to shut down.
    init(_ configuration: IAMConfiguration, _ transport: HTTPTransport, now: @escaping @Sendable () -> Date) {
        url = configuration.keySetURL?.description ?? configuration.url.appending("/identity/keys")
        (self.transport, self.now) = (transport, now)
    }

    package func keySet() async throws(AcquisitionError) -> KeySet {
        try keySet(of: try await fetch())
    }

    private func keySet(of answer: HTTPAnswer) throws(AcquisitionError) -> KeySet {
        guard answer.status == 200 else { throw refusal(answer) }
        let keys: KeySet
        do {
            keys = try KeySet(parsing: answer.body)
        } catch {
            throw failure(.malformedAnswer, "\(error); check that this is the URL of IAM")
        }
        guard keys.count > 0 else {
            throw failure(
                .malformedAnswer,
                "none of its \(keys.skipped) keys can be used; check that this is the URL of IAM"
            )
        }
        return keys
    }

    private func fetch() async throws(AcquisitionError) -> HTTPAnswer {
        let request = HTTPRequest(method: .GET, url: url, headers: [("Accept", "application/json")])
        do {
            return try await transport.send(request, limit: KeySet.maximumSize)
        } catch {
            throw failure(error.code, "\(error)\(IAMHint.text(for: error))")
        }
    }

    private func refusal(_ answer: HTTPAnswer) -> AcquisitionError {
        let status = StatusVerdict(answer.status)
        let reference = status.reference(code: nil, ("", nil))
        // Nobody has to log in for a key set, so no new identity token would help.
        guard status.code != .identityRejected else {
            return failure(.requestRejected, "it asks for a login; check that this is the URL of IAM \(reference)")
        }
        return failure(status.code, "\(status.advice) \(reference)", retryAfter: status.retryAfter(answer, now: now()))
    }

    private func failure(
        _ code: AcquisitionError.Code,
        _ explanation: String,
        retryAfter: Duration? = nil
    ) -> AcquisitionError {
        AcquisitionError(code, "no key set from \(url): \(explanation)", retryAfter: retryAfter)
    }
}

extension IAMKeySet: ServiceProbe {
    package var place: String { url }

    /// Fetches the key set, the one thing that IAM gives everybody, and looks at the clock of the answer.
    package func probe() async throws(AcquisitionError) -> ServiceReading {
        let start = now()
        let answer = try await fetch()
        let end = now()
        _ = try keySet(of: answer)
        return ServiceReading(
            clock: answer.date.flatMap { CivilTime(httpDate: $0)?.date }
                .map { ClockComparison(serviceDate: $0, sent: start, received: end) }
        )
    }
}
