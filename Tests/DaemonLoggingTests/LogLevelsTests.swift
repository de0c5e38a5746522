import Logging
import Testing

@testable import DaemonLogging

@Suite struct LogLevelsTests {
    @Test func aChangeHoldsForLoggersThatExistAndEndsAsItWas() throws {
        let outlet = try Outlet()
        let world = LogWorld(LogConfiguration(target: .stderr, level: .warning), descriptor: outlet.descriptor)
        world.logger.info("one")
        let change = world.levels.set(.debug, until: .seconds(60))
        #expect(world.levels.status == .init(level: .debug, configured: .warning, until: .seconds(60)))
        world.logger.debug("two")
        #expect(world.levels.revert(change))
        #expect(world.levels.status == .init(level: .warning, configured: .warning, until: nil))
        world.logger.info("three")
        world.logger.warning("four")
        #expect(outlet.lines.map { $0.suffix(4) } == [" two", "four"])
    }

    @Test func aLaterChangeIsNotUndoneByAnEarlierOne() {
        let levels = LogLevels(configured: .info)
        let first = levels.set(.debug, until: .seconds(1))
        let second = levels.set(.trace, until: nil)
        #expect(!levels.revert(first))
        #expect(levels.current == .trace)
        #expect(levels.revert(second))
        #expect(levels.current == .info)
    }

    @Test(arguments: Logger.Level.allCases)
    func everyLevelCanBeSet(level: Logger.Level) {
        let levels = LogLevels(configured: .info)
        _ = levels.set(level, until: nil)
        #expect(levels.current == level && levels.status.level == level)
        _ = levels.set(nil, until: nil)
        #expect(levels.current == .info)
    }

    @Test func aLoggersOwnLevelIsItsOwn() throws {
        let outlet = try Outlet()
        let world = LogWorld(LogConfiguration(target: .stderr, level: .info), descriptor: outlet.descriptor)
        var other = world.logger
        other.logLevel = .error
        other.info("one")
        world.logger.info("two")
        #expect(outlet.lines.map { $0.suffix(4) } == [" two"])
    }
}
