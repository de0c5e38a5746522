internal import BrokerMetrics
internal import CoreMetrics
internal import TokenBroker

/// Times calls of one kind to IBM's services, and counts those that fail.
struct UpstreamMeter: Sendable {
    enum Call: String, CaseIterable {
        case identityToken = "identity_token"
        case tokenExchange = "token_exchange"
        case keySet = "key_set"
    }

    private let time: any TimeSource
    private let durations: Timer
    /// For every code, so that the first error of a kind is seen as a change.
    private let errors: [AcquisitionError.Code: Counter]

    init(_ call: Call, _ registry: MetricRegistry, _ time: any TimeSource) {
        self.time = time
        let label = ("call", call.rawValue)
        durations = Timer(label: MetricFamily.upstreamDuration.name, dimensions: [label], factory: registry)
        errors = Dictionary(
            uniqueKeysWithValues: AcquisitionError.Code.allCases.map { code in
                let labels = [label, ("code", code.rawValue)]
                return (code, Counter(label: MetricFamily.upstreamErrors.name, dimensions: labels, factory: registry))
            }
        )
    }

    /// Makes `call`.
    func measured<Answer>(
        _ call: () async throws(AcquisitionError) -> Answer
    ) async throws(AcquisitionError) -> Answer {
        let start = time.now.boot
        defer { durations.recordNanoseconds((time.now.boot - start).wholeNanoseconds) }
        do {
            return try await call()
        } catch {
            errors[error.code]?.increment()
            throw error
        }
    }
}

extension Duration {
    /// Nanoseconds; as many as fit.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isTooLong else { return seconds < 0 ? .min : .max }
        return product.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
    }
}
