internal import Synchronization

/// Wakes those who wait for something to happen, before their time: a token arrived, an attempt failed, a clock was set.
package final class RenewalSignal: Sendable {
    private struct Protected {
        var count: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter: UInt64 = 0
    }

    private let protected = Mutex(Protected())

    package init() {}

    /// How often ``send()`` was called.
    ///
    /// What is sent after this was read is not missed.
    package var count: UInt64 { protected.withLock { $0.count } }

    /// Wakes everybody.
    package func send() {
        let waiters = protected.withLock { protected in
            protected.count &+= 1
            defer { protected.waiters = [:] }
            return protected.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Waits for a signal after the `seen`-th, for `deadline` on the boot-time clock, or for the task's cancellation.
    package func wait(after seen: UInt64, until deadline: Duration, time: any TimeSource) async {
        let id = protected.withLock { protected in
            protected.lastWaiter &+= 1
            return protected.lastWaiter
        }
        let timer = Task {
            do {
                try await time.sleep(until: deadline)
                self.wake(id)
            } catch {
                // Cancelled: a signal came first.
            }
        }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = protected.withLock { protected in
                    guard protected.count == seen, !Task.isCancelled, time.now.boot < deadline else { return true }
                    protected.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            wake(id)
        }
    }

    private func wake(_ id: UInt64) {
        protected.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
}
