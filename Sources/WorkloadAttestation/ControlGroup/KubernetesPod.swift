internal import AccessPolicy

/// How the kubelet names the control groups of pods.
enum KubernetesPod {
    /// The pod of the innermost slice, for a kubelet that uses systemd:
    /// `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podUID.slice`, also with `kubelet-` before.
    static func inSlices(_ slices: [String]) -> Fact<String> {
        guard let outermost = slices.first, outermost == "kubepods.slice" || outermost == "kubelet.slice" else {
            return .none
        }
        for slice in slices.reversed() {
            var name = slice.dropLast(".slice".count)[...]
            if name.hasPrefix("kubelet-") { name = name.dropFirst("kubelet-".count) }
            guard name.hasPrefix("kubepods-") else { continue }
            name = name.dropFirst("kubepods-".count)
            for quality in ["burstable-", "besteffort-"] where name.hasPrefix(quality) {
                name = name.dropFirst(quality.count)
            }
            // A dash would be a level of slices, so the kubelet writes underscores.
            if name.hasPrefix("pod") { return fact(String(name.dropFirst("pod".count).map { $0 == "_" ? "-" : $0 })) }
        }
        return .none
    }

    static func fact(_ uid: String) -> Fact<String> {
        if isUUID(uid) { return .known(uid) }
        // The kubelet names a pod from a file of its own by a hash of that file.
        return .unknown("the pod has no UUID, as pods from files of the kubelet")
    }

    static func isMentioned(_ component: String) -> Bool {
        component.hasPrefix("pod") || component.contains("kubepods")
    }

    private static func isUUID(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.joined().allSatisfy(Container.isHexadecimal)
    }
}
