package import FoundationEssentials
internal import Synchronization
package import TokenBroker

/// Clocks that move only when a test moves them.
package final class ManualTime: TimeSource {
    private struct Sleeper {
        let deadline: Duration
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Protected {
        var now: Moment
        var sleepers: [UInt64: Sleeper] = [:]
        var lastSleeper: UInt64 = 0
        var watchers: [(deadline: Duration, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let protected: Mutex<Protected>

    /// The instant of the reference's fixtures, 2026-09-01T10:00:00Z.
    package static let start = Date(timeIntervalSince1970: 1_788_256_800)

    package init(wall: Date = ManualTime.start) {
        protected = Mutex(Protected(now: Moment(wall: wall, boot: .seconds(1_000))))
    }

    package var now: Moment { protected.withLock { $0.now } }

    /// Lets time pass on both clocks and wakes whoever slept for less.
    package func advance(by span: Duration) {
        let woken = protected.withLock { protected in
            protected.now.boot += span
            protected.now.wall += span.seconds
            let now = protected.now.boot
            let woken = protected.sleepers.filter { $0.value.deadline <= now }
            for id in woken.keys { protected.sleepers[id] = nil }
            return woken.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume(returning: true) }
    }

    /// Sets the wall clock, as an administrator or NTP would; the boot-time clock goes on.
    package func setWall(by seconds: TimeInterval) {
        protected.withLock { $0.now.wall += seconds }
    }

    /// Waits until somebody sleeps until `deadline` exactly.
    package func sleeper(until deadline: Duration) async {
        await withCheckedContinuation { continuation in
            let isThere = protected.withLock { protected in
                if protected.sleepers.values.contains(where: { $0.deadline == deadline }) { return true }
                protected.watchers.append((deadline, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    package func sleep(until deadline: Duration) async throws(CancellationError) {
        let id = protected.withLock { protected in
            protected.lastSleeper += 1
            return protected.lastSleeper
        }
        let isOver = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (result, watchers) = register(id, Sleeper(deadline: deadline, continuation: continuation))
                if let result { continuation.resume(returning: result) }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            protected.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(returning: false)
        }
        if !isOver { throw CancellationError() }
    }

    private func register(_ id: UInt64, _ sleeper: Sleeper) -> (Bool?, [CheckedContinuation<Void, Never>]) {
        protected.withLock { protected in
            if Task.isCancelled { return (false, []) }
            if protected.now.boot >= sleeper.deadline { return (true, []) }
            protected.sleepers[id] = sleeper
            let watchers = protected.watchers.filter { $0.deadline == sleeper.deadline }
            protected.watchers.removeAll { $0.deadline == sleeper.deadline }
            return (nil, watchers.map(\.continuation))
        }
    }
}
