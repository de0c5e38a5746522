internal import AuditChain
internal import FoundationEssentials
internal import TokenBroker

/// What becomes one line.
struct AuditEntry: Sendable {
    enum Content: Sendable {
        case event(AuditEvent)
        /// Events for which there was no room.
        case lost(Int)
        /// A write was interrupted: the hash of the last whole line, and the size of what stands after it.
        case recovered(after: String, bytes: Int)
        /// A full file of this name is removed.
        case removed(String)
        /// The chain before this one could not be continued.
        case newChain(reason: String, folder: String)
    }

    let time: AuditTime
    let content: Content

    init(_ content: Content, at time: Date) {
        self.content = content
        self.time = AuditTime(secondsSince1970: time.timeIntervalSince1970)
    }

    /// Whether it came through the queue.
    var isQueued: Bool {
        switch content {
        case .event, .lost: true
        case .recovered, .removed, .newChain: false
        }
    }

    var isEvent: Bool { if case .event = content { true } else { false } }
}
