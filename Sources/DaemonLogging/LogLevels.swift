package import Logging
internal import Synchronization

/// How much is logged: the level that is configured, or another for the time being.
package final class LogLevels: Sendable {
    /// What is in force.
    package struct Status: Sendable, Equatable {
        package let level: Logger.Level
        package let configured: Logger.Level
        /// When the configured level is back, on the boot-time clock; `nil`: not by itself.
        package let until: Duration?
    }

    private struct State {
        var status: Status
        var change = 0
    }

    private let state: Mutex<State>
    /// The level again, as its place in the list of all: it is asked for each line that might be written, also for each token
    /// that is handed out, and nobody should wait for a lock then.
    private let index: Atomic<Int>
    private static let levels = Logger.Level.allCases

    package init(configured: Logger.Level) {
        state = Mutex(State(status: Status(level: configured, configured: configured, until: nil)))
        index = Atomic(Self.index(of: configured))
    }

    package var current: Logger.Level { Self.levels[index.load(ordering: .relaxed)] }

    package var status: Status { state.withLock(\.status) }

    /// Logs from `level` on; `nil` is the configured level.
    ///
    /// - Parameters:
    ///   - level: in force at once.
    ///   - until: when somebody will call ``revert(_:)``.
    /// - Returns: the number of this change.
    package func set(_ level: Logger.Level?, until: Duration?) -> Int {
        state.withLock { state in
            let level = level ?? state.status.configured
            state.status = Status(level: level, configured: state.status.configured, until: until)
            state.change &+= 1
            index.store(Self.index(of: level), ordering: .relaxed)
            return state.change
        }
    }

    /// Back to the configured level, unless it was changed again since `change`.
    ///
    /// - Returns: whether it was that change that is undone.
    package func revert(_ change: Int) -> Bool {
        state.withLock { state in
            guard state.change == change else { return false }
            let configured = state.status.configured
            state.status = Status(level: configured, configured: configured, until: nil)
            index.store(Self.index(of: configured), ordering: .relaxed)
            return true
        }
    }

    private static func index(of level: Logger.Level) -> Int { levels.firstIndex(of: level) ?? 0 }
}
