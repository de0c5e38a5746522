package import AuditChain

/// What the audit log has to tell beside its lines: for the daemon's own log.
///
/// Notices are few: failures are told once a minute at most, however many events they concern.
package enum AuditNotice: Sendable, Equatable {
    /// Events cannot be written, or an old file cannot be put away; why.
    case failed(String)
    /// Events are written again.
    case worksAgain
    /// So many events were lost since the start.
    case lost(UInt64)
    /// The last write before this start was interrupted; so many bytes of it are in the log.
    case recovered(bytes: Int)
    /// The log was not understood: its files were moved to the folder, and a new chain was begun.
    case newChain(reason: String, folder: String)
    /// The head of the chain: kept elsewhere, it shows later whether lines were cut off. Told at the start, each hour, when
    /// a file is full, and at the end.
    case head(ChainHead)
}
