import AccessPolicy
import Foundation
import Glibc
import Testing
import WorkloadAttestation

struct SystemdUnitTests {
    @Test(arguments: [("0123456789abcdef0123456789abcdef", true), ("/etc/passwd", false), (nil, false)])
    func aProcessInTheGroupOfAServiceIsInThatUnitNeedsRoot(link: String?, isInvocation: Bool) async throws {
        try #require(geteuid() == 0)
        let folder = try TestFolder()
        let group = try TestGroup()
        if let link {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder.path)/invocation:\(group.unit)",
                withDestinationPath: link
            )
        }
        let peer = try Peer(
            before: ["/bin/sh", "-c", "echo $$ > \"$1\"/cgroup.procs && shift && exec \"$@\"", "sh", group.path],
            in: folder
        )
        defer { peer.process.end() }
        let workload = try await PeerAttestor(invocations: folder.path).peer(ofSocket: peer.connection)
            .workload(.controlGroup)
        #expect(workload.unit == .known(group.unit))
        #expect(workload.slices == .known([group.slice]))
        #expect(workload.container == .none)
        #expect(workload.pod == .none)
        #expect(workload.invocation.value == (isInvocation ? link : nil))
        #expect((workload.invocation == .none) == (link == nil))
    }
}

/// The control group of a service that systemd does not know of, gone afterwards.
private final class TestGroup {
    let unit = "reports.service"
    let slice: String
    let path: String
    private let parent: String

    init() throws {
        let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8).split(separator: "\n")
        let unified = try #require(mounts.first { $0.split(separator: " ").dropFirst(2).first == "cgroup2" })
        let root = try #require(unified.split(separator: " ").dropFirst().first)
        slice = "iambrokertest\(UInt32.random(in: 0...UInt32.max)).slice"
        parent = "\(root)/\(slice)"
        path = "\(parent)/\(unit)"
        try #require(mkdir(parent, 0o755) == 0 && mkdir(path, 0o755) == 0)
    }

    deinit {
        rmdir(path)
        rmdir(parent)
    }
}
