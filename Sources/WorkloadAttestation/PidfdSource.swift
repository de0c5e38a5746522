/// Where the hold on a peer comes from.
package enum PidfdSource: Sendable, Hashable, CaseIterable {
    /// `SO_PEERPIDFD` (Linux 6.5), and ``processNumber`` on a kernel without it.
    ///
    /// The descriptor is that of the process that connected, whatever became of its number.
    case socket
    /// `pidfd_open(2)`, checked against the start time and the owner in `/proc` before and after.
    ///
    /// A process that ended, and whose number went to another process of the same user before the connection was accepted,
    /// goes unnoticed.
    case processNumber
}
