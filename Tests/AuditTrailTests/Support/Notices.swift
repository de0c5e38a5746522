import AuditTrail
import Synchronization

/// What the log had to tell.
final class Notices: Sendable {
    private let protected = Mutex<[AuditNotice]>([])

    var all: [AuditNotice] { protected.withLock { $0 } }

    func add(_ notice: AuditNotice) { protected.withLock { $0.append(notice) } }
}
