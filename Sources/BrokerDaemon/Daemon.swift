internal import AccessPolicy
internal import AuditTrail
internal import BrokerAPI
internal import BrokerMetrics
internal import BrokerServer
internal import DaemonConfiguration
internal import DaemonLogging
internal import Dispatch
internal import EtcdCoordination
internal import Glibc
internal import IBMCloud
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import SecretFiles
internal import ServiceLifecycle
internal import ServiceManager
internal import StatusPage
internal import TokenBroker
internal import UnixSignals
internal import WorkloadAttestation

/// Builds the parts, connects them and runs them: the only place that knows every one by name.
struct Daemon {
    let settings: DaemonSettings
    let locks: StoredLocks
    let service: ManagedService
    let report: ServiceReport
    let log: DaemonLog
    let tracing: DaemonTracing
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
        await log.finish(time)
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
        let namespace = try configuration.controlGroups.map { try ControlGroupNamespace(machine: $0) }
        let attestor = PeerAttestor(namespace: namespace ?? .machine)
        reportLocks()
        DispatchQueue(label: "policy lint")
            .async { [settings, logger = logger] in settings.policy.reportWarnings(to: logger) }
        let lanes = certificateLanes(parts.issuer, broker, time, audit)
        let sinks = sinkLanes(policy, broker, instance?.metadata, time, audit)
        let fleet = try await fleet(time, cloudLoops)
        let rotations = try await rotations(cloud, broker, policy, lanes, time, audit, fleet)
        let (board, turns) = (ListenerBoard(), EventLoopTurns(group, time: time))
        let recorder = ActivityRecorder(activity, time: time)
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
        let page = try configuration.page.map { try PageTCP($0, beside: configuration.admin, board) }
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
            fleet: FleetRoutes(fleet.map { FleetDesk($0, rotations, time: time) }, logger: logger),
            logLevel: log.levelRoutes(time),
            metrics: { metrics.page($0) },
            vitals: Vitals(
                listeners: { board.listeners },
                eventLoops: { turns.sinceLast },
                isAuditRequired: configuration.audit.isRequired,
                rotations: { rotations.desk?.plans() ?? [] },
                page: { page?.status }
            ),
            recorder: recorder,
            page: PageSource(try StatusPage(), configuration: configuration.shown),
            logger: logger
        )
        let shared = SharedByListeners(
            broker: broker,
            gate: gate,
            emulation: emulation,
            administration: administration,
            page: page,
            time: time,
            attestor: attestor,
            group: group,
            limits: limitsWithinDescriptors(),
            connections: connections
        )
        let store = TokenCacheStore(report: report, broker: broker, time: time, logger: logger)
        await store.takeOver(service.stored)
        let running = try await RunningListeners(
            starting: try listeners(shared),
            board: board,
            beforeStop: { broker.endNews() }
        )
        // Not before it listens: a second instance must not replace the token of the first.
        if let page { try page.file.write(page.access.secret) }
        logger.info("Listening", metadata: places(running, page))
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
        let line = { @Sendable in StatusLine(broker.status, policyRefusal: policy.lastRefusal) }
        let status = StatusReport(
            report: report,
            broker: broker,
            line: line,
            time: time
        )
        let readiness = Readiness(
            report: report,
            test: SelfTest(path: configuration.workload.path, group: group, time: time),
            broker: broker,
            line: line,
            time: time,
            logger: logger
        )
        // Stopped in the reverse order: the audit log outlives all who record.
        let services: [any Service] =
            tracing.services + [
                AuditService(file), watchdog, clock, EventLoopWatch(group: group, registry: registry), status,
                RenewalService(broker), CertificateService(lanes: lanes),
                SinkService(lanes: sinks), FleetService(fleet: fleet, followers: rotations.followers),
                RotationService(lanes: rotations.lanes),
                reload, ActivityService(recorder: recorder), running,
            ]
        var lifecycle = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }
                // Whoever is being served is served to the end also when the self-test fails.
                + [.init(service: readiness, failureTerminationBehavior: .gracefullyShutdownGroup)]
                + [.init(service: signals, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: logger
        )
        // The listeners take five seconds at most and then the sinks four; this is for what might hang nevertheless.
        lifecycle.maximumGracefulShutdownDuration = .seconds(12)
        do {
            try await ServiceGroup(configuration: lifecycle).run()
        } catch {
            await end(store, page)
            try await fleet?.client.shutdown()
            throw error
        }
        await end(store, page)
        try await fleet?.client.shutdown()
    }

    /// What remains to be done when nothing runs any more, however it came to that.
    private func end(_ store: TokenCacheStore, _ page: PageTCP?) async {
        // Nobody can lock a profile any more, and nothing is renewed.
        await store.leave()
        do throws(SecretFileError) {
            try page?.file.remove()
        } catch {
            logger.warning("The page's access token was not removed", metadata: ["error": "\(error)"])
        }
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
}
