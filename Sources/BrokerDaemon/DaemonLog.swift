internal import BrokerServer
internal import DaemonLogging
internal import Dispatch
internal import Glibc
internal import Logging
internal import TokenBroker
internal import TraceExport

/// The daemon's own log: where it goes, how much of it there is, and the logger that everybody gets.
struct DaemonLog: Sendable {
    let destination: LogDestination
    let levels: LogLevels
    let logger: Logger

    private static let pause = DispatchTimeInterval.milliseconds(100)
    private static let shortPause: Duration = .milliseconds(20)
    private static let patience: Duration = .seconds(1)

    /// - Parameters:
    ///   - configuration: says where to.
    ///   - level: goes before that of the configuration.
    init(_ configuration: LogConfiguration, level: Logger.Level?) {
        let queue = DispatchQueue(label: "log")
        let destination = LogDestination(
            configuration,
            journalStream: unsafe getenv("JOURNAL_STREAM").map { unsafe String(cString: $0) },
            later: { work in queue.asyncAfter(deadline: .now() + Self.pause, execute: work) }
        )
        let levels = LogLevels(configured: level ?? configuration.level)
        let time = SystemTime()
        let provider = Logger.MetadataProvider.multiplex([.request, .trace])
        logger = Logger(label: "iam-brokerd") { _ in
            DaemonLogHandler(destination, levels: levels, now: { time.now.wall }, metadataProvider: provider)
        }
        (self.destination, self.levels) = (destination, levels)
    }

    /// Waits for what was not taken yet, a second at most: the process ends next, and its last lines say how.
    func finish(_ time: any TimeSource) async {
        let deadline = time.now.boot + Self.patience
        destination.retry()
        while destination.isWaiting, time.now.boot < deadline {
            do {
                try await time.sleep(until: time.now.boot + Self.shortPause)
            } catch {
                return
            }
            destination.retry()
        }
    }

    /// What lets operators change how much is logged.
    func levelRoutes(_ time: any TimeSource) -> LogLevelRoutes {
        let desk = LogLevelDesk(levels, time: time, logger: logger)
        return LogLevelRoutes(status: { desk.status }, change: { desk.change($0, $1, by: $2) })
    }
}
