import Foundation
import Testing

@testable import WorkloadAttestation

/// A folder that looks like `/proc`, with what each test puts there.
final class ProcessTree: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/processes-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// No two threads share descriptors in it, unless the test says so.
    var table: ProcessTable { ProcessTable(root: path) { _, _ in false } }

    /// Adds a process that holds `sockets`.
    func add(
        _ process: Int,
        user: Int = 1000,
        sockets: [UInt64] = [],
        controlGroups: String = "0::/system.slice/other.service\n",
        network: String = "main",
        tcp: String = ""
    ) throws {
        let links = sockets.enumerated().map { ("\($0.offset + 3)", "socket:[\($0.element)]") }
        for (name, target) in links { try link("\(process)/fd/\(name)", to: target) }
        try folder("\(process)/fd")
        try write("\(process)/status", "Name:\tx\nUid:\t7\t\(user)\t7\t7\n")
        let fields = (4...30).map { "\($0)" }.joined(separator: " ")
        try write("\(process)/stat", "\(process) (a) b) S \(fields)\n")
        try write("\(process)/cgroup", controlGroups)
        try write("namespaces/\(network)", "")
        try link("\(process)/ns/net", to: path + "/namespaces/\(network)")
        try write("\(process)/net/tcp", "  sl  local_address rem_address   st\n" + tcp)
    }

    func write(_ name: String, _ text: String) throws {
        try makeParent(of: name)
        try #require(FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data(text.utf8)))
    }

    func link(_ name: String, to target: String) throws {
        try makeParent(of: name)
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    func folder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    private func makeParent(of name: String) throws {
        try folder(name.split(separator: "/").dropLast().joined(separator: "/"))
    }
}
