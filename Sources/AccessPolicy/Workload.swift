/// What the kernel says about the process at the other end of a connection.
///
/// Only `WorkloadAttestation` makes these outside of tests.
package struct Workload: Sendable, Hashable {
    /// The process that connected, in the daemon's PID namespace; 0 when it is not known or outside of it.
    package var processID: Int32
    /// The effective user at the moment of connecting.
    package var userID: UInt32
    /// The effective group at the moment of connecting.
    package var groupID: Fact<UInt32>
    /// Supplementary groups.
    package var groups: Fact<[UInt32]>
    /// The label that the security module gave the process: an SELinux context or an AppArmor profile.
    package var label: Fact<String>
    /// The user who logged in and from whose session the process comes, whatever became of the user since; `none` for
    /// services, which nobody logged in for (proc_pid_loginuid(5)).
    package var loginUserID: Fact<UInt32>
    /// The absolute path of the executable.
    package var executable: Fact<String>
    /// The SHA-256 of the executable's content: 64 hexadecimal digits in lower case.
    package var sha256: Fact<String>
    /// The unit of the system's service manager, such as `reports.service`.
    package var unit: Fact<String>
    /// The ID that systemd gave this start of ``unit``: 32 hexadecimal digits.
    package var invocation: Fact<String>
    /// The slices around the unit, the outermost first, such as `["system.slice"]`.
    package var slices: Fact<[String]>
    /// The ID of the container: 64 hexadecimal digits.
    package var container: Fact<String>
    /// The UID of the Kubernetes pod: a UUID in lower case.
    package var pod: Fact<String>

    package init(
        processID: Int32,
        userID: UInt32,
        groupID: Fact<UInt32> = .notGathered,
        groups: Fact<[UInt32]> = .notGathered,
        label: Fact<String> = .notGathered,
        loginUserID: Fact<UInt32> = .notGathered,
        executable: Fact<String> = .notGathered,
        sha256: Fact<String> = .notGathered,
        unit: Fact<String> = .notGathered,
        invocation: Fact<String> = .notGathered,
        slices: Fact<[String]> = .notGathered,
        container: Fact<String> = .notGathered,
        pod: Fact<String> = .notGathered
    ) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
        self.groups = groups
        self.label = label
        self.loginUserID = loginUserID
        self.executable = executable
        self.sha256 = sha256
        self.unit = unit
        self.invocation = invocation
        self.slices = slices
        self.container = container
        self.pod = pod
    }
}
