import Foundation
import Testing

/// The control group of a pod's container, as the kubelet and containerd make it with systemd.
final class PodGroup: Sendable {
    let path: String
    private let folders: [String]

    /// Where control groups (version 2) are mounted.
    static var root: String {
        get throws {
            try #require(geteuid() == 0, "this test needs root: it makes control groups")
            let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n")
            let mount = try #require(
                mounts.first { $0.contains(" - cgroup2 ") },
                "control groups (version 2) are not mounted"
            )
            return String(try #require(mount.split(separator: " ").dropFirst(4).first))
        }
    }

    /// Of the pod with this UID, below `place` in the root's stead.
    init(_ pod: String, quality: String, in place: String? = nil) throws {
        let container = (0..<64).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
        let names = [
            "kubepods.slice", "kubepods-\(quality).slice",
            "kubepods-\(quality)-pod\(pod.replacing("-", with: "_")).slice", "cri-containerd-\(container).scope",
        ]
        var folders = [try place ?? Self.root]
        for name in names { folders.append("\(folders.last ?? "")/\(name)") }
        path = folders.last ?? ""
        self.folders = Array(folders.dropFirst())
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// The outer ones stay while there are others in them.
    deinit { for folder in folders.reversed() { rmdir(folder) } }

    /// The command that runs another one in it.
    var entering: [String] { ["/bin/sh", "-ec", #"echo $$ > "$0/cgroup.procs"; exec "$@""#, path] }
}
