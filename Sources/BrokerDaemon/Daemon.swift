internal import AccessPolicy
internal import AuditTrail
internal import BrokerAPI
internal import BrokerMetrics
internal import BrokerServer
internal import DaemonConfiguration
internal import DaemonLogging
internal import Dispatch
internal import Glibc
internal import IBMCloud
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import ServiceManager
internal import StatusPage
internal import TokenBroker
internal import UnixSignals
internal import WorkloadAttestation

/// Builds the parts, connects them and runs them: the only place that knows every one by name.
struct Daemon {
    private let settings: DaemonSettings
    private let locks: StoredLocks
    private let service: ManagedService
    private let report: ServiceReport
    private let log: DaemonLog
    private let tracing: DaemonTracing
    var logger: Logger { log.logger }

    /// Builds what logs, traces and tells the service manager; everything else is built by ``run()``.
    ///
    /// - Parameters:
    ///   - settings: all that is told from outside.
    ///   - locks: what is locked.
    ///   - service: what the service manager handed over.
    ///   - logLevel: goes before that of the configuration.
    init(_ settings: DaemonSettings, locks: StoredLocks, service: ManagedService, logLevel: Logger.Level?) {
        (self.settings, self.locks, self.service) = (settings, locks, service)
        let log = DaemonLog(settings.configuration.log, level: logLevel)
        self.log = log
        tracing = DaemonTracing(settings.configuration.tracing, time: SystemTime(), logger: log.logger)
        report = ServiceReport(to: service.notifications) { error in
            log.logger.warning("Service manager was not told", metadata: ["error": "\(error)"])
        }
    }

    func run() async throws {
        // Before anything is on the disk: a stop that comes early is a stop, too.
        let signals = StopSignals(
            signals: await UnixSignalsSequence(trapping: .sigterm, .sigint),
            stopBegan: { [report] in report.stopBegan() }
        )
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        let configuration = settings.configuration
        let time = SystemTime()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let cloudGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let cloud = try IBMCloudClient(
            configuration: configuration.cloud,
            eventLoopGroup: cloudGroup,
            spans: tracing.spans,
            now: { time.now.wall }
        )
        let logged = LoggedAudit(logger: logger)
        let file = AuditFile(configuration.audit, time: time, notify: { logged.note($0) })
        do {
            makeStateFolder()
            try await file.start()
            do {
                try await serve(cloud, group, Array(cloudGroup.makeIterator()), time, file, hangUps, until: signals)
            } catch {
                await file.stop()
                throw error
            }
        } catch {
            // A client must be shut down before it goes away, however it comes to that.
            try await cloud.shutdown()
            throw error
        }
        try await cloud.shutdown()
        logger.info("Stopped")
        log.destination.retry()
    }

    private func serve(
        _ cloud: IBMCloudClient,
        _ group: MultiThreadedEventLoopGroup,
        _ cloudLoops: [any EventLoop],
        _ time: SystemTime,
        _ file: AuditFile,
        _ hangUps: UnixSignalsSequence,
        until signals: StopSignals
    ) async throws {
        let configuration = settings.configuration
        let registry = MetricRegistry()
        let connections = ListenerConnections()
        let counted = CountedAudit(profiles: configuration.profiles.map(\.name), registry: registry, time: time)
        let audit = AuditLogs([LoggedAudit(logger: logger), file, counted])
        audit.record(.started(version: brokerVersion))
        let parts = parts(cloud, time, audit, registry)
        let (broker, instance, diagnosis) = (parts.broker, parts.instance, parts.diagnosis)
        let policy = PolicyInForce(settings.policy.policy, now: time.now.wall)
        let activity = Activity(profiles: broker.profiles.map(\.name))
        let gate = Gate(
            policy: policy,
            audit: audit,
            time: time,
            activity: activity,
            spans: tracing.spans,
            logger: logger
        )
        let attestor = PeerAttestor()
        reportLocks()
        DispatchQueue(label: "policy lint")
            .async { [settings, logger = logger] in settings.policy.reportWarnings(to: logger) }
        let lanes = certificateLanes(parts.issuer, broker, time, audit)
        let sinks = sinkLanes(policy, broker, instance?.metadata, time, audit)
        let rotations = try await rotations(cloud, broker, policy, lanes, time, audit)
        let (board, turns) = (ListenerBoard(), EventLoopTurns(group, time: time))
        let recorder = ActivityRecorder(activity, time: time)
        let limits = limitsWithinDescriptors()
        let emulation = EmulationRoutes(
            broker: broker,
            gate: gate,
            instance: instance,
            issuer: configuration.issuer.issuer
        )
        let metrics = DaemonMetrics(
            registry: registry,
            broker: broker,
            activity: activity,
            connections: connections,
            rotations: { rotations.desk?.plans() ?? [] },
            process: ProcessFigures(now: time.now),
            time: time
        )
        let administration = AdminRoutes(
            broker: broker,
            gate: gate,
            attestor: attestor,
            auditStatus: { StatusResponse.Audit(file.status) },
            certificates: { lanes.isEmpty ? nil : lanes.map(\.status) },
            sinks: { sinks.isEmpty ? nil : sinks.map(\.status) },
            diagnosis: DiagnosisRoutes(
                diagnosis,
                userID: getuid(),
                metadataPort: configuration.emulation.flatMap { $0.port == 0 ? nil : $0.port }
            ),
            rotations: rotations.desk.map { RotationRoutes($0, logger: logger) },
            logLevel: log.levelRoutes(time),
            metrics: { metrics.page($0) },
            vitals: Vitals(
                listeners: { board.listeners },
                eventLoops: { turns.sinceLast },
                isAuditRequired: configuration.audit.isRequired,
                rotations: { rotations.desk?.plans() ?? [] }
            ),
            recorder: recorder,
            page: PageSource(try StatusPage(), configuration: configuration.shown),
            logger: logger
        )
        var listeners = [
            SocketListener.admin(
                configuration.admin,
                routes: administration,
                attestor: attestor,
                group: group,
                limits: limits,
                connections: connections,
                logger: logger
            )
            .inheriting(service[.admin]),
            SocketListener.workload(
                configuration.workload,
                broker: broker,
                gate: gate,
                emulation: emulation,
                attestor: attestor,
                group: group,
                limits: limits,
                connections: connections,
                logger: logger
            )
            .inheriting(service[.workload]),
        ]
        if let address = configuration.emulation {
            listeners.append(
                SocketListener.emulation(
                    address,
                    routes: emulation,
                    gate: gate,
                    attestor: attestor,
                    group: group,
                    limits: limits,
                    connections: connections,
                    logger: logger
                )
                .inheriting(service[.metadata])
            )
        }
        if let socket = configuration.credentialSocket {
            let contents = configuration.credentials.mapValues { setting in
                CredentialHandout.Content(profile: setting.profile, text: setting.content.bytes)
            }
            listeners.append(
                SocketListener.credentials(
                    socket,
                    handout: CredentialHandout(broker: broker, gate: gate, contents: contents, logger: logger),
                    attestor: attestor,
                    group: group,
                    limits: limits,
                    connections: connections,
                    logger: logger
                )
                .inheriting(service[.credentials])
            )
        }
        if let address = configuration.metrics {
            listeners.append(
                SocketListener.metrics(
                    address,
                    routes: administration,
                    attestor: attestor,
                    group: group,
                    limits: limits,
                    connections: connections,
                    logger: logger
                )
            )
        }
        let store = TokenCacheStore(report: report, broker: broker, time: time, logger: logger)
        await store.takeOver(service.stored)
        let running = try await RunningListeners(
            starting: listeners,
            board: board,
            beforeStop: { broker.endNews() }
        )
        var places: Logger.Metadata = [
            "workload": "\(configuration.workload.path)", "admin": "\(configuration.admin.path)",
        ]
        if let socket = configuration.credentialSocket { places["credentials"] = "\(socket.path)" }
        if let address = configuration.metrics, let port = running.ports.last {
            places["metrics"] = "\(ListenAddress(host: address.host, port: port))"
        }
        if let address = configuration.emulation, let port = running.ports.first {
            places["metadata"] = "\(ListenAddress(host: address.host, port: port))"
        }
        logger.info("Listening", metadata: places)
        let clock = ClockWatch(
            logger: logger,
            clockWasSet: {
                broker.clockWasSet()
                rotations.wake()
            }
        )
        let reload = PolicyReload(
            hangUps: hangUps,
            folder: FolderWatch(path: configuration.policies, time: time, logger: logger),
            policy: policy,
            read: { try settings.readPolicy() },
            reopen: { await file.reopen() },
            changed: {
                broker.policyChanged()
                rotations.wake()
            },
            report: report,
            audit: audit,
            time: time,
            logger: logger
        )
        let watchdog = EventLoopWatchdog(
            loops: Array(group.makeIterator()) + cloudLoops,
            interval: service.watchdog.map { $0 / 3 },
            time: time,
            alive: { [report] in report.alive() }
        )
        let status = StatusReport(
            report: report,
            broker: broker,
            line: { StatusLine(broker.status, policyRefusal: policy.lastRefusal) },
            time: time
        )
        let readiness = Readiness(
            report: report,
            test: SelfTest(path: configuration.workload.path, group: group, time: time),
            broker: broker,
            time: time,
            logger: logger
        )
        // Stopped in the reverse order: the audit log outlives all who record.
        let services: [any Service] =
            tracing.services + [
                AuditService(file), watchdog, clock, EventLoopWatch(group: group, registry: registry), status,
                RenewalService(broker), CertificateService(lanes: lanes),
                SinkService(lanes: sinks), RotationService(lanes: rotations.lanes),
                reload, ActivityService(recorder: recorder), running, readiness,
            ]
        var lifecycle = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }
                + [.init(service: signals, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: logger
        )
        // The listeners take five seconds at most and then the sinks four; this is for what might hang nevertheless.
        lifecycle.maximumGracefulShutdownDuration = .seconds(12)
        try await ServiceGroup(configuration: lifecycle).run()
        // Nobody can lock a profile any more, and nothing is renewed.
        await store.leave()
    }

    /// What keeps the configured certificates; without a metadata service there are none.
    private func certificateLanes(
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
    private func sinkLanes(
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

    /// What rotates keys, as plans say.
    private func rotations(
        _ cloud: IBMCloudClient,
        _ broker: TokenBroker,
        _ policy: PolicyInForce,
        _ certificates: [CertificateLane],
        _ time: SystemTime,
        _ audit: any AuditLog
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
                host: MachineIdentity.text
            )
        }
    }

    /// What is built on the services of the cloud.
    private struct Parts {
        let broker: TokenBroker
        let diagnosis: InstanceDiagnosis
        /// What the broker may tell of the instance, where there is one.
        var instance: InstanceAccess?
        /// For the daemon's own certificates, whose number is configured; workloads cannot take their places.
        var issuer: InstanceCertificates?
    }

    private func parts(
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

    /// Makes the folder for what must survive a restart, where its parent exists.
    ///
    /// Whoever needs the folder says so when it is not there.
    private func makeStateFolder() {
        let folder = settings.configuration.state
        guard unsafe mkdir(folder, 0o700) != 0, errno != EEXIST else { return }
        logger.warning("State folder cannot be made", metadata: ["folder": "\(folder)", "errno": "\(errno)"])
    }

    /// What is locked from before is said at once: a refusal should not come as a surprise.
    private func reportLocks() {
        guard !locks.locks.isEmpty else { return }
        let names = locks.locks.profiles.keys.map(\.rawValue).sorted()
        logger.notice(
            "Locked from before",
            metadata: ["all": "\(locks.locks.all != nil)", "profiles": "\(names.joined(separator: " "))"]
        )
    }

    /// Each connection takes three descriptors, the socket's and two that hold its process, and the usual soft limit of 1,024 is from another age.
    ///
    /// - Returns: the connection limits, lowered where the machine does not allow as many descriptors as they may take.
    private func limitsWithinDescriptors() -> ConnectionLimits {
        var limits = settings.configuration.limits
        var table = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &table) == 0 else { return limits }
        let soft = table.rlim_cur
        table.rlim_cur = table.rlim_max
        if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &table) != 0 { table.rlim_cur = soft }
        // Three listeners that take many; what is reserved is for IBM's services and files, and for who reads metrics.
        let reserved = Self.reservedDescriptors * (settings.configuration.metrics == nil ? 1 : 2)
        let most = max(1, (Int(clamping: table.rlim_cur) - reserved) / 9)
        if limits.connections > most {
            logger.warning(
                "Fewer connections than configured: the limit of open files is low",
                metadata: ["connections": "\(most)", "limit": "\(table.rlim_cur)"]
            )
            limits.connections = most
        }
        return limits
    }

    private static let reservedDescriptors = 48
}
