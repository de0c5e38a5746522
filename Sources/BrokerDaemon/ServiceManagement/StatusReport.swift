internal import ServiceLifecycle
internal import ServiceManager
internal import TokenBroker

/// Keeps the status line of the service manager true.
struct StatusReport: Service {
    let report: ServiceReport
    let broker: TokenBroker
    let line: @Sendable () -> StatusLine
    let time: any TimeSource

    func run() async throws {
        if report.isHeard { await cancelWhenGracefulShutdown { await keepTrue() } }
        try await gracefulShutdown()
    }

    private func keepTrue() async {
        var told: StatusLine?
        while !Task.isCancelled {
            let seen = broker.happenings
            let now = line()
            if now != told { report.status(now.text) }
            told = now
            await broker.happened(after: seen, until: time.now.boot + Self.longestPause)
            do {
                // Much may happen at once, and nobody reads so fast.
                try await time.sleep(until: time.now.boot + Self.shortestPause)
            } catch {
                // Cancelled: the loop ends.
            }
        }
    }

    private static let shortestPause: Duration = .seconds(1)
    /// Tokens end, and policies are refused, without anything happening to a profile.
    private static let longestPause: Duration = .seconds(10)
}
