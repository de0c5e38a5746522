import AuditTrail
import Logging
import ServiceLifecycle
import Testing
import TokenBroker

/// The log among the services of the daemon.
struct AuditServiceTests {
    /// Records events while it runs and when it is told to stop.
    private struct Recorder: Service {
        let log: AuditFile
        let isRunning: AsyncStream<Void>.Continuation

        func run() async throws {
            log.record(.started(version: "1"))
            isRunning.finish()
            try await gracefulShutdown()
            log.record(.generation(1))
        }
    }

    @Test func theLogStopsAfterAllWhoRecord() async throws {
        let world = try World()
        let log = world.log()
        try await log.start()
        let (isRunning, continuation) = AsyncStream.makeStream(of: Void.self)
        let services: [any Service] = [AuditService(log), Recorder(log: log, isRunning: continuation)]
        let lifecycle = ServiceGroupConfiguration(
            services: services.map {
                .init(service: $0, successTerminationBehavior: .ignore, failureTerminationBehavior: .cancelGroup)
            },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let group = ServiceGroup(configuration: lifecycle)
        async let running: Void = group.run()
        for await _ in isRunning {}
        await group.triggerGracefulShutdown()
        try await running
        #expect(try world.events() == ["started", "policy_loaded", "stopped"])
        #expect(log.status.lost == 0)
        #expect(try world.verify().isValid)
    }

    @Test func aLogWhoseTaskIsCancelledStopsAsGracefully() async throws {
        let world = try World()
        let log = world.log()
        try await log.start()
        log.record(.generation(1))
        let task = Task { try await AuditService(log).run() }
        task.cancel()
        try await task.value
        #expect(try world.events() == ["policy_loaded", "stopped"])
    }
}
