internal import AccessPolicy
internal import BrokerServer
internal import DaemonConfiguration
internal import IBMCloud
internal import NIOCore
internal import TokenBroker

/// What keeps things as they are configured: certificates, sinks and keys that are rotated.
extension Daemon {
    /// What keeps the configured certificates; without a metadata service there are none.
    func certificateLanes(
        _ issuer: InstanceCertificates?,
        _ broker: TokenBroker,
        _ time: SystemTime,
        _ audit: any AuditLog
    ) -> [CertificateLane] {
        guard let issuer else { return [] }
        return settings.configuration.certificates.map { setting in
            let renewal = CertificateRenewal(setting, issuer: issuer, lock: { broker.lockOfAll }, time: time)
            return CertificateLane(
                name: setting.name,
                actions: renewal.actions,
                time: time,
                draw: { Double.random(in: 0..<1) },
                audit: audit
            )
        }
    }

    /// What keeps the configured sinks.
    func sinkLanes(
        _ policy: PolicyInForce,
        _ broker: TokenBroker,
        _ metadata: InstanceMetadata?,
        _ time: SystemTime,
        _ audit: any AuditLog
    ) -> [SinkLane] {
        settings.configuration.sinks.compactMap { setting in
            // A sink only names profiles that exist.
            broker.lane(setting.profile)
                .map { lane in
                    let writer = SinkWriter(setting, metadata: metadata)
                    return SinkLane(
                        setting,
                        actions: SinkLane.Actions(setting, writer, lane, policy, time),
                        time: time,
                        draw: { Double.random(in: 0..<1) },
                        audit: audit
                    )
                }
        }
    }

    /// What this machine has of its fleet; `nil` when it is of none.
    func fleet(_ time: SystemTime, _ loops: [any EventLoop]) async throws -> Fleet? {
        guard let setting = settings.configuration.fleet, let loop = loops.first else { return nil }
        return try await Fleet(setting, time: time, group: loop, logger: logger)
    }

    /// What rotates keys, as plans say.
    func rotations(
        _ cloud: IBMCloudClient,
        _ broker: TokenBroker,
        _ policy: PolicyInForce,
        _ certificates: [CertificateLane],
        _ time: SystemTime,
        _ audit: any AuditLog,
        _ fleet: Fleet?
    ) async throws -> Rotations {
        let configuration = settings.configuration
        return try await Rotations(configuration.rotations, folder: configuration.state, logger: logger) {
            journal,
            key in
            RotationMaterials(
                cloud: cloud,
                broker: broker,
                policy: policy,
                certificates: certificates,
                time: time,
                audit: audit,
                journal: journal,
                key: key,
                host: MachineIdentity.text,
                fleet: fleet,
                logger: logger
            )
        }
    }
}
