import Foundation
import Testing

/// A control group that a container manager or systemd could have made.
final class ControlGroup: Sendable {
    /// The full ID of the container.
    let container = (0..<64).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    private let path: String

    /// Of a container, or of the unit of this name, which must be a service or scope.
    init(unit: String? = nil) throws {
        try #require(geteuid() == 0, "this test needs root: it makes control groups")
        let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n")
        let mount = try #require(
            mounts.first { $0.contains(" - cgroup2 ") },
            "control groups (version 2) are not mounted"
        )
        // The fifth field is where it is mounted (proc_pid_mountinfo(5)).
        path = "\(try #require(mount.split(separator: " ").dropFirst(4).first))/\(unit ?? "docker-\(container).scope")"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { rmdir(path) }

    /// The command that runs another one in it.
    var entering: [String] { ["/bin/sh", "-ec", #"echo $$ > "$0/cgroup.procs"; exec "$@""#, path] }
}
