internal import AccessPolicy
internal import Logging
internal import ServiceLifecycle
internal import ServiceManager
internal import TokenBroker

/// Tells the service manager that the daemon serves: once a client got an answer at the public socket, and the tokens that
/// are to be there from the start are there, or did not come in time.
struct Readiness: Service {
    let report: ServiceReport
    let test: SelfTest
    let broker: TokenBroker
    let line: @Sendable () -> StatusLine
    let time: any TimeSource
    let logger: Logger

    func run() async throws {
        if report.isHeard {
            try await cancelWhenGracefulShutdown {
                do throws(SelfTest.Failure) {
                    note(try await test.run())
                } catch {
                    // A stop that comes early ends the test, too.
                    guard !Task.isCancelled else { return }
                    throw error
                }
                await prefetch()
                guard !Task.isCancelled else { return }
                // Who waited for the end of the start looks at once.
                report.status(line().text)
                // Only now: a start that fails leaves the stored tokens to the next one.
                report.forget(name: ManagedService.Name.store)
                report.started()
                logger.info("Ready")
            }
        }
        try await gracefulShutdown()
    }

    /// Says what an operator should know; none of it keeps the daemon from serving those whom it can.
    private func note(_ outcome: SelfTest.Outcome) {
        switch outcome {
        case .answered(status: 403):
            logger.warning("The daemon cannot tell who its own process is, and so nobody's; see doctor")
        case .busy:
            logger.warning("The workload socket is too busy for the self-test")
        case .answered, .notForUs: break
        }
    }

    /// Waits until no profile has to be waited for any more.
    private func prefetch() async {
        let deadline = time.now.boot + Self.patience
        for profile in broker.profiles where profile.prefetch {
            guard let lane = broker.lane(profile.name) else { continue }
            while !Task.isCancelled, time.now.boot < deadline {
                let seen = lane.happenings
                guard Self.isAwaited(lane.status) else { break }
                await lane.happened(after: seen, until: deadline)
            }
        }
    }

    /// Whether waiting may bring a token.
    static func isAwaited(_ status: ProfileStatus) -> Bool {
        switch status.state {
        case .fresh, .stale, .locked: false
        case .absent: true
        case .failing: status.lastError?.code.isLasting != true
        }
    }

    /// A service that others wait for should not keep them waiting for what is down.
    private static let patience: Duration = .seconds(10)
}
