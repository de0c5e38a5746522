internal import Synchronization
package import TokenBroker

/// Keeps what is recorded, for tests to look at and wait for.
package final class RecordingAuditLog: AuditLog {
    private struct Protected {
        var events: [AuditEvent] = []
        var mayProceed = true
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let protected = Mutex(Protected())

    package init() {}

    package var events: [AuditEvent] { protected.withLock { $0.events } }

    /// Whether tokens may be handed out; tests set it to what a log that fails would say.
    package var mayProceed: Bool {
        get { protected.withLock { $0.mayProceed } }
        set { protected.withLock { $0.mayProceed = newValue } }
    }

    package func record(_ event: AuditEvent) {
        let woken = protected.withLock { protected in
            protected.events.append(event)
            let count = protected.events.count
            defer { protected.watchers.removeAll { $0.count <= count } }
            return protected.watchers.filter { $0.count <= count }.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Waits until `count` events in all were recorded.
    package func events(_ count: Int) async -> [AuditEvent] {
        await withCheckedContinuation { continuation in
            let isThere = protected.withLock { protected in
                if protected.events.count >= count { return true }
                protected.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        return events
    }
}
