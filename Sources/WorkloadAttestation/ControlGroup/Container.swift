internal import AccessPolicy

/// How container runtimes and the kubelet name control groups.
enum Container {
    typealias Facts = (container: Fact<String>, pod: Fact<String>)

    /// Runtimes that ask systemd for a scope for each container: docker, podman, containerd and cri-o for Kubernetes, nerdctl.
    private static let scopePrefixes = ["docker-", "libpod-", "cri-containerd-", "crio-", "nerdctl-"]

    /// In a unit: only the unit's own name counts.
    static func inUnit(_ unit: String, below: [String], slices: [String]) -> Facts {
        let pod = KubernetesPod.inSlices(slices)
        for prefix in scopePrefixes where unit.hasPrefix(prefix) && unit.hasSuffix(".scope") {
            let id = String(unit.dropFirst(prefix.count).dropLast(".scope".count))
            if isID(id) { return (.known(id), pod) }
        }
        if mentionsID(unit) { return (.unknown("\(unit) is of a container runtime that is not known"), pod) }
        let reason = "it is named below \(unit), which may name control groups as it likes"
        return (
            below.contains(where: mentionsID) ? .unknown(reason) : .none,
            pod == .none && below.contains(where: KubernetesPod.isMentioned) ? .unknown(reason) : pod
        )
    }

    /// In no unit: runtimes that make control groups themselves (the driver `cgroupfs`), at the places that they use.
    static func withoutUnit(_ path: [String], slices: [String]) -> Facts {
        let pod = KubernetesPod.inSlices(slices)
        if slices.isEmpty {
            if path.count >= 2, path[0] == "docker", isID(path[1]) { return (.known(path[1]), .none) }
            if path.count >= 2, path[0] == "libpod_parent", let id = id(path[1], orAfter: "libpod-") {
                return (.known(id), .none)
            }
            if let facts = underKubelet(path) { return facts }
        }
        let reason = "the control group has no name that a known container runtime gives"
        return (
            path.contains(where: mentionsID) ? .unknown(reason) : .none,
            pod == .none && path.contains(where: KubernetesPod.isMentioned) ? .unknown(reason) : pod
        )
    }

    /// `[/kubelet]/kubepods[/burstable|/besteffort]/podUID/ID`.
    private static func underKubelet(_ path: [String]) -> Facts? {
        var rest = path[...]
        if rest.first == "kubelet" { rest = rest.dropFirst() }
        guard rest.popFirst() == "kubepods" else { return nil }
        if rest.first == "burstable" || rest.first == "besteffort" { rest = rest.dropFirst() }
        guard let name = rest.popFirst(), name.hasPrefix("pod") else { return nil }
        let pod = KubernetesPod.fact(String(name.dropFirst("pod".count)))
        guard let last = rest.first else { return (.none, pod) }
        guard let id = id(last, orAfter: "crio-") else {
            return (.unknown("the control group has no name that a known container runtime gives"), pod)
        }
        return (.known(id), pod)
    }

    private static func id(_ name: String, orAfter prefix: String) -> String? {
        let id = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        return isID(id) ? id : nil
    }

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(isHexadecimal)
    }

    /// Whether there are 64 hexadecimal digits in a row.
    private static func mentionsID(_ text: String) -> Bool {
        text.utf8.split(whereSeparator: { !isHexadecimal($0) }).contains { $0.count >= 64 }
    }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
