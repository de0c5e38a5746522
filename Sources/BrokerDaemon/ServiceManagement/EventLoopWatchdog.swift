internal import NIOCore
internal import ServiceLifecycle
internal import TokenBroker

/// Tells the service manager that the daemon is alive: as long as each of its event loops turns, and no longer.
struct EventLoopWatchdog: Service {
    let loops: [any EventLoop]
    /// From one sign of life to the next; `nil`: nobody wants any.
    let interval: Duration?
    let time: any TimeSource
    let alive: @Sendable () -> Void

    func run() async throws {
        guard interval != nil else {
            try await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown { await watch() }
    }

    /// Watches until the task is cancelled.
    func watch() async {
        guard let interval else { return }
        while !Task.isCancelled {
            let next = time.now.boot + interval
            // One that is stuck is waited for: it may turn again before the manager's patience ends.
            for loop in loops { await Self.turn(of: loop) }
            guard !Task.isCancelled else { return }
            alive()
            do {
                try await time.sleep(until: next)
            } catch {
                // Cancelled: the loop ends.
            }
        }
    }

    /// Waits until a task ran that was submitted to `loop` after this was called, or until this task is cancelled.
    private static func turn(of loop: any EventLoop) async {
        _ = await AbandonableWait.run { (done: @escaping @Sendable (sending Bool) -> Void) in
            loop.execute { done(true) }
        }
    }
}
