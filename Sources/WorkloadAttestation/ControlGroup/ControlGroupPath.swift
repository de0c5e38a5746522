/// The path of a control group, in its parts.
struct ControlGroupPath: Sendable, Hashable {
    /// Without the mark that systemd puts before names that the kernel uses for files.
    let components: [String]

    struct Unusable: Error {
        let text: String
    }

    private static let maximumLength = 4_096
    private static let maximumDepth = 64
    /// NAME_MAX.
    private static let maximumComponentLength = 255

    /// The group in the unified hierarchy, or else in the one that systemd keeps for itself.
    ///
    /// - Parameters:
    ///   - content: the text of `/proc/PID/cgroup`.
    ///   - namespace: that of whoever reads it.
    /// - Returns: the path from the machine's root, or why there is none.
    static func find(
        in content: [UInt8],
        seenFrom namespace: ControlGroupNamespace
    ) -> Result<ControlGroupPath, Unusable> {
        var unified: [ArraySlice<UInt8>] = []
        var named: [ArraySlice<UInt8>] = []
        for line in content.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return unusable("the list of control groups cannot be read") }
            if fields[0].elementsEqual("0".utf8) && fields[1].isEmpty { unified.append(fields[2]) }
            if fields[1].elementsEqual("name=systemd".utf8) { named.append(fields[2]) }
        }
        guard unified.count <= 1, named.count <= 1 else {
            return unusable("the list of control groups names a hierarchy twice")
        }
        let isInContainer = !namespace.components.isEmpty
        guard let path = isInContainer ? unified.first : unified.first ?? named.first else {
            return unusable("the kernel keeps no control groups that systemd or a container runtime would use")
        }
        return parse(path, seenFrom: namespace.components)
    }

    private static func parse(
        _ path: ArraySlice<UInt8>,
        seenFrom own: [String]
    ) -> Result<ControlGroupPath, Unusable> {
        guard path.count <= maximumLength else { return unusable("the control group's path is too long") }
        guard let text = String(validating: path, as: UTF8.self), path.first == UInt8(ascii: "/") else {
            return unusable("the control group's path cannot be read")
        }
        // The kernel's mark of a group that was removed.
        guard !text.utf8.reversed().starts(with: " (deleted)".utf8.reversed()) else {
            return unusable("the control group was removed")
        }
        var parts = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        if parts.count == 1 && parts.first?.isEmpty == true { return .success(ControlGroupPath(components: own)) }
        // The kernel writes as many as lead up to what the two have in common, and none elsewhere.
        let ascent = parts.prefix { $0.elementsEqual("..".utf8) }.count
        guard ascent <= own.count else {
            return unusable("the process is outside of the daemon's control group namespace")
        }
        parts = parts.dropFirst(ascent)
        let common = own.dropLast(ascent)
        guard common.count + parts.count <= maximumDepth else { return unusable("the control group is too deep") }
        let isWellFormed = parts.allSatisfy { part in
            !part.isEmpty && part.count <= maximumComponentLength && part.first != UInt8(ascii: ".")
                && part.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
        guard isWellFormed else { return unusable("the control group's path has a part that no manager makes") }
        return .success(
            ControlGroupPath(
                components: common + parts.map { unmarked(String(decoding: $0, as: UTF8.self)) }
            )
        )
    }

    static func unmarked(_ name: String) -> String { name.hasPrefix("_") ? String(name.dropFirst()) : name }

    private static func unusable(_ text: String) -> Result<ControlGroupPath, Unusable> {
        .failure(Unusable(text: text))
    }
}
