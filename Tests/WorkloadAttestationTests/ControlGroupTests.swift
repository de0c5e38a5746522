import AccessPolicy
import Testing
import WorkloadAttestation

struct ControlGroupTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)
    private static let uid = "8a0f2c3e-1d5b-4c77-9a10-0123456789ab"
    private static let underscored = "8a0f2c3e_1d5b_4c77_9a10_0123456789ab"

    private static func group(_ path: String) -> ControlGroup { ControlGroup(parsing: Array("0::\(path)\n".utf8)) }

    @Test(
        arguments: [
            ("/", nil, []),
            ("/init.scope", "init.scope", []),
            ("/system.slice/reports.service", "reports.service", ["system.slice"]),
            (
                "/system.slice/system-reports.slice/reports@1.service", "reports@1.service",
                ["system.slice", "system-reports.slice"]
            ),
            ("/user.slice/user-1000.slice/session-3.scope", "session-3.scope", ["user.slice", "user-1000.slice"]),
            // What is below a unit is the unit's own affair.
            ("/system.slice/reports.service/worker", "reports.service", ["system.slice"]),
            (
                "/user.slice/user-1000.slice/user@1000.service/app.slice/reports.service", "user@1000.service",
                ["user.slice", "user-1000.slice"]
            ),
            (
                "/user.slice/user-1000.slice/user@1000.service/reports.service", "user@1000.service",
                ["user.slice", "user-1000.slice"]
            ),
            // systemd marks names that the kernel uses for files.
            ("/system.slice/_cgroup.service", "cgroup.service", ["system.slice"]),
            // Only what stands right below the slices is a unit.
            ("/other/reports.service", nil, []),
            ("/system.slice/other/reports.service", nil, ["system.slice"]),
            ("/lxc.payload.web/system.slice/reports.service", nil, []),
            ("/system.slice", nil, ["system.slice"]),
        ] as [(String, String?, [String])]
    )
    func theUnitIsTheFirstGroupBelowTheSlices(path: String, unit: String?, slices: [String]) {
        let group = Self.group(path)
        #expect(group.unit == (unit.map { .known($0) } ?? .none))
        #expect(group.slices == (slices.isEmpty ? .none : .known(slices)))
    }

    @Test(
        arguments: [
            ("/docker/\(id)", nil),
            ("/docker/\(id)/docker/\(String(repeating: "a", count: 64))", nil),
            ("/system.slice/docker-\(id).scope", nil),
            ("/system.slice/docker-\(id).scope/init.scope", nil),
            ("/machine.slice/libpod-\(id).scope", nil),
            ("/machine.slice/libpod-\(id).scope/container", nil),
            ("/libpod_parent/libpod-\(id)", nil),
            ("/libpod_parent/\(id)", nil),
            ("/system.slice/nerdctl-\(id).scope", nil),
            (
                "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod\(underscored).slice/cri-containerd-\(id).scope",
                uid
            ),
            ("/kubepods.slice/kubepods-pod\(underscored).slice/crio-\(id).scope", uid),
            (
                "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
                    + "kubelet-kubepods-besteffort-pod\(underscored).slice/cri-containerd-\(id).scope",
                uid
            ),
            ("/kubepods/besteffort/pod\(uid)/\(id)", uid),
            ("/kubepods/burstable/pod\(uid)/crio-\(id)", uid),
            ("/kubepods/pod\(uid)/\(id)", uid),
            ("/kubelet/kubepods/pod\(uid)/\(id)", uid),
        ] as [(String, String?)]
    )
    func containersAndPodsAreKnownByTheirRuntimesNames(path: String, pod: String?) {
        let group = Self.group(path)
        #expect(group.container == .known(Self.id))
        #expect(group.pod == (pod.map { .known($0) } ?? .none))
    }

    @Test(arguments: [
        "/user.slice/user-1000.slice/user@1000.service/docker-\(id).scope",
        "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-\(id).scope/container",
        "/user.slice/user-1000.slice/user@1000.service/docker/\(id)",
        "/system.slice/reports.service/docker/\(id)",
        "/system.slice/reports.service/libpod-payload-\(id)",
        "/system.slice/containerd.service/kubepods-burstable-pod\(underscored).slice:cri-containerd:\(id)",
        "/user.slice/user-1000.slice/session-3.scope/docker-\(id).scope",
        "/somewhere/\(id)",
        "/docker/x\(id)",
        "/docker/\(id)0",
        "/docker-\(id).scope/x/\(id)".replacing("docker-", with: "other-"),
    ])
    func aContainerAtAPlaceThatOthersCanNameIsUnknown(path: String) throws {
        guard case .unknown = Self.group(path).container else {
            Issue.record("\(Self.group(path))")
            return
        }
    }

    @Test(arguments: [
        "/user.slice/user-1000.slice/user@1000.service/kubepods/pod\(uid)/\(id)",
        "/kubepods.slice/kubepods-pod\(String(repeating: "a", count: 32)).slice/cri-containerd-\(id).scope",
        "/kubepods/pod../\(id)",
        "/other/kubepods/pod\(uid)/\(id)",
    ])
    func aPodAtAPlaceThatOthersCanNameIsUnknown(path: String) {
        guard case .unknown = Self.group(path).pod else {
            Issue.record("\(Self.group(path))")
            return
        }
    }

    @Test(arguments: [
        "", "\n", "nonsense", "0::", "0::relative", "0::/..", "0::/../../system.slice/reports.service",
        "0::/system.slice/../reports.service", "0::/system.slice//reports.service", "0::/system.slice/reports.service/",
        "0::/system.slice/reports.service (deleted)", "0::/system.slice/re ports.service",
        "0::/system.slice/\u{1b}[2J.service", "0::/system.slice/.service", "0::/system.slice/é.service",
        "0::/a\n0::/system.slice/reports.service", "1:name=systemd:/a\n2:name=systemd:/b",
        "1:cpu:/system.slice/a.service",
        "0::/system.slice/\(String(repeating: "a", count: 250)).service",
        "0::" + String(repeating: "/a", count: 65), "0::" + String(repeating: "/aaaaaaaaaaaaaaa", count: 300),
    ])
    func hostileTextSaysNothing(text: String) {
        let group = ControlGroup(parsing: Array(text.utf8))
        guard case .unknown = group.unit, case .unknown = group.container, case .unknown = group.pod else {
            Issue.record("\(group)")
            return
        }
    }

    @Test func bytesThatAreNoTextSayNothing() {
        let group = ControlGroup(parsing: Array("0::/system.slice/a".utf8) + [0xFF] + Array(".service".utf8))
        #expect(group.unit.value == nil)
        #expect(group.unit != .none)
    }

    @Test func theUnifiedHierarchyIsPreferredToSystemdsOwn() {
        let both = "1:name=systemd:/system.slice/old.service\n0::/system.slice/new.service\n"
        #expect(ControlGroup(parsing: Array(both.utf8)).unit == .known("new.service"))
        let named = "5:cpu,cpuacct:/x\n1:name=systemd:/system.slice/old.service\n"
        #expect(ControlGroup(parsing: Array(named.utf8)).unit == .known("old.service"))
    }
}
