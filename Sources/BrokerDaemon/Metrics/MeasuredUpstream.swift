internal import BrokerMetrics
internal import JOSE
internal import TokenBroker

/// The services that tokens come from, with a watch beside them.
struct MeasuredUpstream: IdentityTokenSource, TokenExchanger, KeySetSource {
    private let source: any IdentityTokenSource
    private let exchanger: any TokenExchanger
    private let keys: any KeySetSource
    private let meters: (identity: UpstreamMeter, exchange: UpstreamMeter, keys: UpstreamMeter)

    init(
        source: any IdentityTokenSource,
        exchanger: any TokenExchanger,
        keys: any KeySetSource,
        registry: MetricRegistry,
        time: any TimeSource
    ) {
        (self.source, self.exchanger, self.keys) = (source, exchanger, keys)
        meters = (
            UpstreamMeter(.identityToken, registry, time), UpstreamMeter(.tokenExchange, registry, time),
            UpstreamMeter(.keySet, registry, time)
        )
    }

    func identityToken() async throws(AcquisitionError) -> InstanceIdentityToken {
        try await meters.identity.measured { () throws(AcquisitionError) in try await source.identityToken() }
    }

    func exchange(
        _ identity: InstanceIdentityToken,
        for profile: TrustedProfile
    ) async throws(AcquisitionError) -> UnverifiedToken {
        try await meters.exchange.measured { () throws(AcquisitionError) in
            try await exchanger.exchange(identity, for: profile)
        }
    }

    func keySet() async throws(AcquisitionError) -> KeySet {
        try await meters.keys.measured { () throws(AcquisitionError) in try await keys.keySet() }
    }
}
