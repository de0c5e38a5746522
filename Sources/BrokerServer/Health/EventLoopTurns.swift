package import NIOCore
package import NIOPosix
internal import Synchronization
package import TokenBroker

/// Notes when each event loop last turned.
///
/// A loop that is busy with one thing for ever does not turn, and no connection of it is served.
package final class EventLoopTurns: Sendable {
    /// Nanoseconds on the boot-time clock; one of them for each loop.
    private final class Turn: Sendable {
        let at: Atomic<Int64>
        init(_ now: Int64) { at = Atomic(now) }
    }

    private let turns: [Turn]
    private let tasks: [RepeatedTask]
    private let time: any TimeSource

    /// - Parameters:
    ///   - group: whose loops are watched.
    ///   - time: the clocks.
    ///   - interval: how often a loop is made to turn.
    package init(_ group: MultiThreadedEventLoopGroup, time: any TimeSource, interval: TimeAmount = .seconds(1)) {
        var (turns, tasks): ([Turn], [RepeatedTask]) = ([], [])
        for loop in group.makeIterator() {
            let turn = Turn(Self.nanoseconds(time.now.boot))
            turns.append(turn)
            tasks.append(
                loop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in
                    turn.at.store(Self.nanoseconds(time.now.boot), ordering: .relaxed)
                }
            )
        }
        (self.turns, self.tasks, self.time) = (turns, tasks, time)
    }

    deinit { for task in tasks { task.cancel() } }

    /// How long ago each loop turned.
    package var sinceLast: [Duration] {
        let now = time.now.boot
        return turns.map { max(.zero, now - .nanoseconds($0.at.load(ordering: .relaxed))) }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }
}
