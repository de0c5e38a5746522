internal import BrokerMetrics
internal import BrokerServer
internal import DaemonConfiguration
internal import IBMCloud
internal import TokenBroker

extension Daemon {
    /// What is built on the services of the cloud.
    struct Parts {
        let broker: TokenBroker
        let diagnosis: InstanceDiagnosis
        /// What the broker may tell of the instance, where there is one.
        var instance: InstanceAccess?
        /// For the daemon's own certificates, whose number is configured; workloads cannot take their places.
        var issuer: InstanceCertificates?
    }

    func parts(
        _ cloud: IBMCloudClient,
        _ time: SystemTime,
        _ audit: any AuditLog,
        _ registry: MetricRegistry
    ) -> Parts {
        let configuration = settings.configuration
        let source: any IdentityTokenSource
        let exchanger: any TokenExchanger
        switch configuration.identity {
        case .metadataService:
            (source, exchanger) = (cloud.vpcIdentity, cloud.vpcIdentity)
        case .tokenFile(let path):
            let file = ServiceAccountTokenFile(path: path, now: { time.now.wall })
            (source, exchanger) = (file, cloud.tokenExchange)
        }
        let upstream = MeasuredUpstream(
            source: source,
            exchanger: exchanger,
            keys: cloud.keySet,
            registry: registry,
            time: time
        )
        let keys = KeySetCache(source: upstream, time: time, spans: tracing.spans)
        let identity = IdentityTokens(source: upstream, time: time)
        let pipeline = TokenPipeline(
            identity: identity,
            exchanger: upstream,
            keys: keys,
            issuer: configuration.issuer,
            time: time,
            audit: audit,
            spans: tracing.spans
        )
        let broker = TokenBroker(
            profiles: configuration.profiles,
            pipeline: pipeline,
            keys: keys,
            time: time,
            draw: { Double.random(in: 0..<1) },
            audit: audit,
            locks: locks
        )
        guard case .metadataService = configuration.identity else {
            return Parts(
                broker: broker,
                diagnosis: InstanceDiagnosis(broker: broker, identity: identity, metadata: nil, iam: cloud.keySet)
            )
        }
        let diagnosis = InstanceDiagnosis(
            broker: broker,
            identity: identity,
            metadata: ConfiguredMetadata(
                source: cloud.vpcMetadata,
                url: configuration.cloud.metadata.url.description
            ),
            iam: cloud.keySet
        )
        let metadata = InstanceMetadata(
            source: cloud.vpcMetadata,
            identity: identity,
            time: time,
            keep: configuration.metadataCache
        )
        let certificates = InstanceCertificates(issuer: cloud.vpcIdentity, identity: identity, time: time)
        let issuer = InstanceCertificates(
            issuer: cloud.vpcIdentity,
            identity: identity,
            time: time,
            mostFlights: configuration.certificates.count
        )
        let instance = InstanceAccess(metadata: metadata, certificates: certificates)
        return Parts(broker: broker, diagnosis: diagnosis, instance: instance, issuer: issuer)
    }
}
