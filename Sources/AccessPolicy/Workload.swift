/// What the kernel says about the process at the other end of a connection.
///
/// Only `WorkloadAttestation` makes these outside of tests. `nil` means that a fact could not be determined, or that no
/// grant or denial asks for it.
package struct Workload: Sendable, Hashable {
    /// The process that connected, in the daemon's PID namespace; 0 when it is outside of it.
    package var processID: Int32
    package var userID: UInt32
    package var groupID: UInt32
    /// Supplementary groups.
    package var groups: [UInt32]?
    /// The path of the executable.
    package var executable: String?

    package init(
        processID: Int32,
        userID: UInt32,
        groupID: UInt32,
        groups: [UInt32]? = nil,
        executable: String? = nil
    ) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
        self.groups = groups
        self.executable = executable
    }
}
