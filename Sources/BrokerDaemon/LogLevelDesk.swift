internal import BrokerAPI
internal import DaemonLogging
internal import Logging
internal import Synchronization
internal import TokenBroker

/// Changes how much is logged, and brings the configured level back in time.
final class LogLevelDesk: Sendable {
    private let levels: LogLevels
    private let time: any TimeSource
    private let logger: Logger
    /// Waits to bring the level back; the change after it ends it.
    private let revert = Mutex<Task<Void, Never>?>(nil)

    init(_ levels: LogLevels, time: any TimeSource, logger: Logger) {
        (self.levels, self.time, self.logger) = (levels, time, logger)
    }

    deinit { revert.withLock { $0?.cancel() } }

    var status: LogLevelResponse {
        let status = levels.status
        let rest = status.until.map { max(0, Int(($0 - time.now.boot).components.seconds)) }
        return LogLevelResponse(
            level: status.level.rawValue,
            configured: status.configured.rawValue,
            revertsIn: rest
        )
    }

    /// Logs from `level` on for `span`, or until the next change; `nil` is the configured level.
    func change(_ level: Logger.Level?, _ span: Duration?, by userID: UInt32) -> LogLevelResponse {
        revert.withLock { task in
            task?.cancel()
            let until = span.map { time.now.boot + $0 }
            let metadata: Logger.Metadata = [
                "log.level": "\(level?.rawValue ?? "configured")", "log.for": "\(span.map { "\($0)" } ?? "")",
                "operator.uid": "\(userID)",
            ]
            // Before or after, whichever level lets it through.
            let before = levels.current
            if before <= .notice { logger.notice("Log level changed", metadata: metadata) }
            let change = levels.set(level, until: until)
            if before > .notice { logger.notice("Log level changed", metadata: metadata) }
            // Unstructured: nobody waits for it. There is one at most, and this desk owns it.
            task = until.map { until in
                Task { [levels, time, logger] in
                    guard (try? await time.sleep(until: until)) != nil, levels.revert(change) else { return }
                    logger.notice("Log level is as configured again", metadata: ["log.level": "\(levels.current)"])
                }
            }
        }
        return status
    }
}
