internal import AuditChain
internal import FoundationEssentials
internal import Synchronization
internal import TokenBroker

/// The events that wait to be written, bounded, and what is known of the writing.
final class AuditQueue: Sendable {
    private struct Protected {
        var entries: [AuditEntry] = []
        /// Entries that the writer took and has not written.
        var taken = 0
        /// Events lost since the last entry that says so.
        var untold = 0
        var isClosed = false
        var status: AuditStatus
    }

    private let capacity: Int
    private let isRequired: Bool
    private let protected: Mutex<Protected>
    /// Kept beside the rest because it is read before each hand-out.
    private let isBlocked: Atomic<Bool>

    init(_ configuration: AuditFileConfiguration) {
        capacity = configuration.queueCapacity
        isRequired = configuration.isRequired
        // A required log must be opened before anything is handed out.
        isBlocked = Atomic(configuration.isRequired)
        let file = configuration.folder + "/" + ChainFileName.current
        protected = Mutex(Protected(status: AuditStatus(currentFile: file)))
    }

    var mayProceed: Bool { !isBlocked.load(ordering: .acquiring) }

    var status: AuditStatus {
        protected.withLock { protected in
            var status = protected.status
            status.queued = protected.entries.count + protected.taken
            return status
        }
    }

    /// Adds an event, or counts it as lost when there is no room.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: is called with the lock held, so that the order of lines is the order of times.
    /// - Returns: whether the writer should have a look.
    func append(_ event: AuditEvent, now: () -> Date) -> Bool {
        change { protected in
            guard !protected.isClosed, protected.entries.count + protected.taken < capacity else {
                protected.status.lost &+= 1
                protected.untold += 1
                return false
            }
            let wasEmpty = protected.entries.isEmpty
            let time = now()
            if protected.untold > 0 {
                protected.entries.append(AuditEntry(.lost(protected.untold), at: time))
                protected.untold = 0
            }
            protected.entries.append(AuditEntry(.event(event), at: time))
            return wasEmpty || protected.status.isFailing
        }
    }

    /// Takes all that waits.
    func take(at time: Date) -> [AuditEntry] {
        change { protected in
            if protected.untold > 0 {
                protected.entries.append(AuditEntry(.lost(protected.untold), at: time))
                protected.untold = 0
            }
            var entries: [AuditEntry] = []
            swap(&entries, &protected.entries)
            protected.taken += entries.count
            return entries
        }
    }

    /// Takes note that entries which were taken are in the file.
    func written(_ entries: ArraySlice<AuditEntry>, head: ChainHead) {
        let events = entries.count(where: \.isEvent)
        let queued = entries.count(where: \.isQueued)
        change { protected in
            protected.taken -= queued
            protected.status.written &+= UInt64(events)
            protected.status.head = head
        }
    }

    /// Takes note of the line that the next one will follow.
    func continues(_ head: ChainHead) {
        change { $0.status.head = head }
    }

    /// Takes note that writing failed, or (`nil`) that it works.
    func failed(_ message: String?) {
        change { protected in
            protected.status.isFailing = message != nil
            if let message { protected.status.lastError = message }
        }
    }

    /// Takes no more events; the last one is `stopped`.
    func close(at time: Date) {
        change { protected in
            guard !protected.isClosed else { return }
            protected.isClosed = true
            if protected.untold > 0 { protected.entries.append(AuditEntry(.lost(protected.untold), at: time)) }
            protected.untold = 0
            if case .event(.stopped)? = protected.entries.last?.content { return }
            protected.entries.append(AuditEntry(.event(.stopped), at: time))
        }
    }

    /// Gives up what could not be written until the end.
    ///
    /// - Returns: how many events that were.
    func abandon(_ entries: ArraySlice<AuditEntry>) -> Int {
        let events = entries.count(where: \.isEvent)
        change { protected in
            protected.taken -= entries.count(where: \.isQueued)
            protected.status.lost &+= UInt64(events)
        }
        return events
    }

    private func change<Result: Sendable>(_ body: (inout Protected) -> Result) -> Result {
        protected.withLock { protected in
            let result = body(&protected)
            let isFull = protected.entries.count + protected.taken >= capacity
            let isStuck = isFull || protected.status.isFailing || protected.isClosed
            isBlocked.store(isRequired && isStuck, ordering: .releasing)
            return result
        }
    }
}
