package import AuditChain

/// How the audit log is doing, for status and metrics.
package struct AuditStatus: Sendable, Equatable {
    /// Events written since the start.
    package var written: UInt64 = 0
    /// Events lost since the start.
    package var lost: UInt64 = 0
    /// Events that wait to be written.
    package var queued = 0
    /// Whether the last write failed.
    package var isFailing = false
    /// What failed last, if anything did since the start.
    package var lastError: String?
    /// The path of the file that is written to.
    package var currentFile: String
    /// The last line.
    package var head = ChainHead.start

    package init(currentFile: String) {
        self.currentFile = currentFile
    }
}
