internal import ServiceLifecycle
internal import UnixSignals

/// Stops the daemon at the first signal; those that follow change nothing.
struct StopSignals: Service {
    let signals: UnixSignalsSequence
    /// Is called when it comes, before anything stops.
    let stopBegan: @Sendable () -> Void

    func run() async throws {
        // Ends with the first signal, or when the group is cancelled.
        for await _ in signals { break }
        stopBegan()
    }
}
