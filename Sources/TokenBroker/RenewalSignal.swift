internal import Synchronization

/// Wakes the renewal service before its time: a token arrived, an attempt failed, a clock was set.
final class RenewalSignal: Sendable {
    private struct Protected {
        var count: UInt64 = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let protected = Mutex(Protected())

    /// How often ``send()`` was called.
    ///
    /// What is sent after this was read is not missed.
    var count: UInt64 { protected.withLock { $0.count } }

    func send() {
        wake(counting: true)
    }

    /// Waits for a signal after the `seen`-th, for `deadline` on the boot-time clock, or for the task's cancellation.
    func wait(after seen: UInt64, until deadline: Duration, time: any TimeSource) async {
        let timer = Task {
            do {
                try await time.sleep(until: deadline)
                self.wake(counting: false)
            } catch {
                // Cancelled: a signal came first.
            }
        }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = protected.withLock { protected in
                    guard protected.count == seen, protected.waiter == nil, !Task.isCancelled,
                        time.now.boot < deadline
                    else { return true }
                    protected.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            wake(counting: false)
        }
    }

    private func wake(counting: Bool) {
        let waiter = protected.withLock { protected in
            if counting { protected.count &+= 1 }
            defer { protected.waiter = nil }
            return protected.waiter
        }
        waiter?.resume()
    }
}
