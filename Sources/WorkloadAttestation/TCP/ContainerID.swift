/// Reads from the text of `/proc/PID/cgroup` which container a process is in.
enum ContainerID {
    /// The full id, 64 hexadecimal digits; nil when the process is in none, or the hierarchies disagree.
    static func named(inControlGroups text: [UInt8]) -> String? {
        var found: Set<String> = []
        for line in text.split(separator: UInt8(ascii: "\n")) {
            // hierarchy:controllers:path (cgroups(7)); a path may hold colons itself.
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let id = id(inPath: parts[2]) else { continue }
            found.insert(id)
        }
        return found.count == 1 ? found.first : nil
    }

    /// The outermost id in the path.
    ///
    /// Only the machine's own manager makes groups above services, scopes and LXC's payloads. Below them whoever runs there
    /// may make groups of any name (`user@1000.service` for one is that user's), and so they do not count.
    private static func id(inPath path: ArraySlice<UInt8>) -> String? {
        for component in path.split(separator: UInt8(ascii: "/")) {
            let name = String(decoding: component, as: UTF8.self)
            if let id = id(inName: name) { return id }
            if name.hasSuffix(".service") || name.hasSuffix(".scope") || name.hasPrefix("lxc") { return nil }
        }
        return nil
    }

    private static func id(inName name: String) -> String? {
        var text = name[...]
        if let prefix = prefixes.first(where: { name.hasPrefix($0) }) {
            text = text.dropFirst(prefix.count)
            if text.hasSuffix(".scope") { text = text.dropLast(".scope".count) }
        }
        let isID =
            text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
        return isID ? String(text) : nil
    }

    private static let prefixes = ["docker-", "libpod-", "cri-containerd-", "crio-"]
}
