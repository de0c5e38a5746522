internal import FoundationEssentials
internal import Synchronization
package import TokenBroker

/// Keeps the history of what is handed out and refused.
package final class ActivityRecorder: Sendable {
    let activity: Activity
    private let time: any TimeSource
    private let history = Mutex(ActivityHistory())

    package init(_ activity: Activity, time: any TimeSource) {
        (self.activity, self.time) = (activity, time)
        _ = minutes
    }

    /// Each minute that is kept, with when it began in seconds since 1970; the last one is not over.
    var minutes: [(start: Int, minute: ActivityHistory.Minute)] {
        let now = time.now
        let minutes = history.withLock { history in
            history.note(activity.totals, at: now.boot)
            return history.minutes
        }
        return minutes.map { minute in
            let ago = now.boot - ActivityHistory.minute * minute.number
            return (Int((now.wall - ago.seconds).timeIntervalSince1970.rounded()), minute)
        }
    }

    /// Looks at the end of each minute, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let next = ActivityHistory.minute * (time.now.boot.components.seconds / 60 + 1)
            do {
                try await time.sleep(until: next)
            } catch {
                return
            }
            // What was counted so far belongs to the minute that has just ended, however late this is.
            history.withLock { $0.note(activity.totals, at: next - .nanoseconds(1)) }
        }
    }
}
