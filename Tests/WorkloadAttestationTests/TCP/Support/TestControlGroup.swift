import Foundation
import Testing

/// A control group with the name of a container, removed at the end when its processes are gone.
final class TestControlGroup: Sendable {
    let containerID: String
    private let path: String

    init() throws {
        containerID = (0..<64).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
        let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n")
        let mount = try #require(
            mounts.first { $0.contains(" - cgroup2 ") },
            "control groups (version 2) are not mounted"
        )
        let fields = mount.split(separator: " ")
        path = "\(try #require(fields.dropFirst(4).first))/docker-\(containerID).scope"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { rmdir(path) }

    func add(_ process: Int32) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path + "/cgroup.procs"))
        try handle.write(contentsOf: Data("\(process)\n".utf8))
        try handle.close()
    }
}
