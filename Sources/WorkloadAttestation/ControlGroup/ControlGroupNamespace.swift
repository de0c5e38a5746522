internal import CLinux
internal import Glibc

/// Where the daemon's control group namespace begins (cgroup_namespaces(7)).
///
/// In a container the kernel names the control groups of others from the container's own: `/../../OTHER`, and leaves out what
/// they have in common. What is above the container is looked up once, where the machine's control groups are mounted.
package struct ControlGroupNamespace: Sendable, Hashable {
    /// The groups from the machine's root to that of the namespace; empty outside of containers.
    let components: [String]

    /// The namespace that the machine began with.
    package static let machine = ControlGroupNamespace(components: [])

    init(components: [String]) {
        self.components = components
    }

    /// Looks for the daemon's own namespace among all control groups of the machine.
    ///
    /// It makes system calls that may wait.
    /// - Parameters:
    ///   - machine: where the machine's own mount of control groups (version 2) can be seen.
    ///   - own: where those of the daemon's namespace are mounted.
    /// - Throws: ``AttestationError`` when either is something else, or the one is not in the other.
    package init(machine: String, own: String = "/sys/fs/cgroup") throws(AttestationError) {
        for path in [machine, own] {
            guard Self.isUnified(path) else {
                throw Self.failure("there are no control groups of version 2 at \(path)")
            }
        }
        // Every group has this file but the first of all.
        guard access("\(machine)/cgroup.type", F_OK) != 0, errno == ENOENT else {
            throw Self.failure(
                "\(machine) is not the root of the machine's control groups; mount its /sys/fs/cgroup there"
            )
        }
        do {
            var search = try ControlGroupSearch(for: Folder.at(path: own).identity(of: "."))
            guard let found = try search.path(in: Folder.at(path: machine)) else {
                throw Self.failure("the control group of \(own) is not below \(machine)")
            }
            self.init(components: found.map(ControlGroupPath.unmarked))
        } catch let error as AttestationError {
            throw error
        } catch {
            throw Self.failure("\(error)")
        }
    }

    private static func isUnified(_ path: String) -> Bool {
        let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return false }
        let folder = Descriptor(owning: number)
        // CGROUP2_SUPER_MAGIC of linux/magic.h.
        return clinux_file_system_type(folder.number) == 0x6367_7270
    }

    private static func failure(_ text: String) -> AttestationError {
        AttestationError(.unreadable, "cannot find the daemon's own control group: \(text)")
    }
}
