import AccessPolicy
import Foundation
import Testing

@testable import WorkloadAttestation

/// Control groups as a daemon in a container is told of them.
struct ControlGroupNamespaceTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)
    private static let uid = "8a0f2c3e-1d5b-4c77-9a10-0123456789ab"
    private static let underscored = "8a0f2c3e_1d5b_4c77_9a10_0123456789ab"
    private static let own = ControlGroupNamespace(components: [
        "kubepods.slice", "kubepods-burstable.slice", "kubepods-burstable-pod0.slice", "cri-containerd-0.scope",
    ])

    private static func group(_ path: String) -> ControlGroup {
        ControlGroup(parsing: Array("0::\(path)\n".utf8), seenFrom: own)
    }

    @Test(arguments: [
        // The same quality of service, the guaranteed one, the lowest.
        "/../../kubepods-burstable-pod\(underscored).slice/cri-containerd-\(id).scope",
        "/../../../kubepods-pod\(underscored).slice/cri-containerd-\(id).scope",
        "/../../../kubepods-besteffort.slice/kubepods-besteffort-pod\(underscored).slice/crio-\(id).scope",
        "/../../kubepods-burstable-pod\(underscored).slice/cri-containerd-\(id).scope/init.scope",
        // A kubelet that makes the groups itself.
        "/../../../../kubepods/burstable/pod\(uid)/\(id)",
    ])
    func anotherPodIsKnown(path: String) {
        #expect(Self.group(path).pod == .known(Self.uid))
        #expect(Self.group(path).container == .known(Self.id))
    }

    @Test func whatIsInNoPodIsInNone() {
        let group = Self.group("/../../../../system.slice/reports.service")
        #expect(group.unit == .known("reports.service"))
        #expect(group.slices == .known(["system.slice"]))
        #expect(group.pod == .none)
        #expect(Self.group("/../../../..").unit == .none)
    }

    @Test func whatIsInTheDaemonsOwnContainerIsInItsPod() {
        let own = ControlGroupNamespace(components: [
            "kubepods.slice", "kubepods-pod\(Self.underscored).slice", "cri-containerd-\(Self.id).scope",
        ])
        for path in ["/", "/worker"] {
            let group = ControlGroup(parsing: Array("0::\(path)\n".utf8), seenFrom: own)
            #expect(group.pod == .known(Self.uid))
            #expect(group.container == .known(Self.id))
        }
        // Another container of it.
        let other = String(repeating: "a", count: 64)
        let group = ControlGroup(parsing: Array("0::/../cri-containerd-\(other).scope\n".utf8), seenFrom: own)
        #expect(group.pod == .known(Self.uid))
        #expect(group.container == .known(other))
    }

    /// Whoever may make groups in a container of its own does not get out of it by their names.
    @Test(arguments: [
        "/../../kubepods-burstable-pod0.slice/cri-containerd-1.scope/kubepods.slice/kubepods-pod\(underscored).slice/a.scope",
        "/../../../../user.slice/user-1000.slice/user@1000.service/kubepods-pod\(underscored).slice/crio-\(id).scope",
        "/kubepods.slice/kubepods-pod\(underscored).slice/cri-containerd-\(id).scope",
    ])
    func aNameOnTheInsideIsNoPod(path: String) {
        #expect(Self.group(path).pod.value == nil)
    }

    @Test(arguments: [
        "/../../../../..", "/../../../../../system.slice/reports.service", "/../", "/..//a.service",
        "/../a/../b.service",
        "/...", "..", "/../../../../system.slice/reports.service (deleted)",
        "/.." + String(repeating: "/a", count: 62),
    ])
    func aPathThatTheKernelDoesNotWriteSaysNothing(path: String) {
        let group = Self.group(path)
        guard case .unknown = group.unit, case .unknown = group.container, case .unknown = group.pod else {
            Issue.record("\(group)")
            return
        }
    }

    /// Names of the older hierarchies are not relative to this namespace.
    @Test func onlyTheUnifiedHierarchyCounts() {
        let text =
            "1:name=systemd:/../../kubepods-burstable-pod\(Self.underscored).slice/cri-containerd-\(Self.id).scope\n"
        #expect(ControlGroup(parsing: Array(text.utf8), seenFrom: Self.own).pod.value == nil)
        #expect(ControlGroup(parsing: Array(text.utf8), seenFrom: Self.own).pod != .none)
    }

    @Test func aPlaceWithoutControlGroupsIsSaidToBeOne() {
        let error = #expect(throws: AttestationError.self) { _ = try ControlGroupNamespace(machine: "/tmp") }
        #expect(error?.description.contains("no control groups of version 2 at /tmp") == true)
    }

    @Test func onlyTheRootOfAllGroupsIsTheMachinesNeedsRoot() throws {
        try #require(geteuid() == 0, "this test needs root: it makes control groups")
        let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n")
        let mount = try #require(
            mounts.first { $0.contains(" - cgroup2 ") },
            "control groups (version 2) are not mounted"
        )
        let root = String(try #require(mount.split(separator: " ").dropFirst(4).first))
        let group = "\(root)/iam-broker-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(atPath: "\(group)/_a.slice", withIntermediateDirectories: true)
        defer {
            rmdir("\(group)/_a.slice")
            rmdir(group)
        }
        let found = try ControlGroupNamespace(machine: root, own: "\(group)/_a.slice")
        #expect(found.components == [URL(filePath: group).lastPathComponent, "a.slice"])
        #expect(try ControlGroupNamespace(machine: root, own: root) == .machine)
        #expect(throws: AttestationError.self) {
            _ = try ControlGroupNamespace(machine: group, own: "\(group)/_a.slice")
        }
    }
}
