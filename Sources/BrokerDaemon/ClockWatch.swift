internal import CLinux
internal import Dispatch
internal import Glibc
internal import Logging
internal import ServiceLifecycle

/// Tells when somebody sets the wall clock, at once and not at the next timer.
struct ClockWatch: Service {
    let logger: Logger
    let clockWasSet: @Sendable () -> Void

    func run() async throws {
        let descriptor = clinux_clock_watch()
        guard descriptor >= 0 else {
            // Expiry is looked at on each use anyway; only early renewal after a step is lost.
            logger.warning("The wall clock is not watched", metadata: ["errno": "\(-descriptor)"])
            try await gracefulShutdown()
            return
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        source.setEventHandler { [logger, clockWasSet] in
            guard clinux_clock_was_set(descriptor) == 1 else { return }
            logger.notice("The wall clock was set")
            clockWasSet()
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
        defer { source.cancel() }
        try await gracefulShutdown()
    }
}
