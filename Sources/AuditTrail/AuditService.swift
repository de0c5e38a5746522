internal import ServiceLifecycle

/// Runs an ``AuditFile`` for as long as the daemon runs.
///
/// Services are stopped in the reverse of their order: put it before all that record events.
package struct AuditService: Service {
    private let file: AuditFile

    /// - Parameter file: was started with ``AuditFile/start()``.
    package init(_ file: AuditFile) {
        self.file = file
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await file.run()
        } onGracefulShutdown: { [file] in
            file.finish()
        }
        await file.stop()
    }
}
