internal import AuditChain
internal import AuditTrail
internal import BrokerAPI

extension StatusResponse.Audit {
    /// How the audit file is doing, for the wire.
    init(_ status: AuditStatus) {
        self.init(
            file: status.currentFile,
            written: status.written,
            queued: status.queued,
            lost: status.lost,
            isFailing: status.isFailing,
            lastError: status.lastError,
            head: "\(status.head)"
        )
    }
}
