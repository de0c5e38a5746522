import Testing

@testable import WorkloadAttestation

@Suite struct ContainerIDTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)
    private static let otherID = String(repeating: "f", count: 64)

    private static func named(_ text: String) -> String? { ContainerID.named(inControlGroups: Array(text.utf8)) }

    @Test(arguments: [
        "0::/system.slice/docker-\(id).scope\n",
        "0::/docker/\(id)\n",
        "0::/machine.slice/libpod-\(id).scope/container\n",
        "0::/libpod_parent/libpod-\(id)\n",
        "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-\(id).scope",
        "0::/kubepods.slice/kubepods-pod1.slice/crio-\(id).scope\n",
        "0::/kubepods/besteffort/pod1/\(id)\n",
        "0::/../../system.slice/docker-\(id).scope\n",
        "9:name=systemd:/docker/\(id)\n8:pids:/docker/\(id)\n0::/\n",
    ])
    func theIDIsFound(text: String) {
        #expect(Self.named(text) == Self.id)
    }

    @Test func whatAContainerNamesItselfDoesNotCount() {
        #expect(Self.named("0::/system.slice/docker-\(Self.id).scope/docker/\(Self.otherID)\n") == Self.id)
    }

    @Test(arguments: [
        "",
        "0::/\n",
        "0::\n",
        "docker/\(id)\n",
        "0::/user.slice/user-1000.slice/user@1000.service/docker-\(id).scope\n",
        "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-\(id).scope/container\n",
        "0::/system.slice/batch.service/docker/\(id)\n",
        "0::/machine.slice/machine-guest.scope/payload/docker/\(id)\n",
        "0::/lxc.payload.guest/docker/\(id)\n",
        "0::/docker/\(id.dropLast())\n",
        "0::/docker/\(id)0\n",
        "0::/docker/\(id.uppercased())\n",
        "0::/system.slice/docker-\(id).service\n",
        "0::/system.slice/docker-\(id).scope.slice\n",
        "0::/system.slice/crio-conmon-\(id).scope\n",
        "0::/system.slice/x-docker-\(id).scope\n",
        "0::/docker/\(id)\u{e9}\n",
        "9:pids:/docker/\(id)\n0::/docker/\(otherID)\n",
    ])
    func anythingElseIsNoContainer(text: String) {
        #expect(Self.named(text) == nil)
    }
}
