import BrokerAPI
import BrokerTesting
import DaemonLogging
import Foundation
import Logging
import Synchronization
import Testing
import TokenBroker

@testable import BrokerDaemon

/// A level for a while.
@Suite(.timeLimit(.minutes(1))) struct LogLevelDeskTests {
    private let time = ManualTime()
    private let levels = LogLevels(configured: .warning)
    private let lines = Lines()

    /// The sentences that were logged.
    private final class Lines: Sendable {
        private let all = Mutex<[String]>([])
        var texts: [String] { all.withLock { $0 } }
        func add(_ text: String) { all.withLock { $0.append(text) } }
    }

    private struct Handler: LogHandler {
        let lines: Lines
        let levels: LogLevels
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level {
            get { levels.current }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { lines.add("\(event.message)") }
    }

    private var desk: LogLevelDesk {
        LogLevelDesk(levels, time: time, logger: Logger(label: "t") { _ in Handler(lines: lines, levels: levels) })
    }

    @Test func theConfiguredLevelComesBackInTime() async throws {
        let desk = desk
        let answer = desk.change(.debug, .seconds(600), by: 0)
        #expect(answer.level == "debug" && answer.configured == "warning" && answer.revertsIn == 600)
        await time.sleeper(until: time.now.boot + .seconds(600))
        time.advance(by: .seconds(599))
        #expect(levels.current == .debug && desk.status.revertsIn == 1)
        time.advance(by: .seconds(1))
        while levels.current != .warning { await Task.yield() }
        #expect(desk.status.revertsIn == nil && desk.status.level == "warning")
        #expect(lines.texts == ["Log level changed"])
    }

    @Test func aLaterChangeEndsTheFirst() async throws {
        let desk = desk
        _ = desk.change(.debug, .seconds(10), by: 0)
        let answer = desk.change(.info, nil, by: 0)
        #expect(answer.level == "info" && answer.revertsIn == nil)
        time.advance(by: .seconds(1_000))
        for _ in 0..<100 { await Task.yield() }
        #expect(levels.current == .info)
        #expect(desk.change(nil, nil, by: 0).level == "warning")
        #expect(lines.texts == ["Log level changed", "Log level changed", "Log level changed"])
    }
}
