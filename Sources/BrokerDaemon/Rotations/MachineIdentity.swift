internal import FoundationEssentials
internal import Glibc

/// What tells this machine from its neighbours, for the splay of schedules: the same after each start, and no secret.
enum MachineIdentity {
    /// The host name, and the ID that the system gave itself at its first boot (machine-id(5)).
    static var text: String {
        // Images that were cloned with their ID still differ in their names.
        let id = (try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)) ?? ""
        return "\(hostName)/\(id.filter(\.isHexDigit))"
    }

    /// What the system calls this machine; empty when it does not say.
    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        let isKnown = unsafe gethostname(&name, name.count - 1) == 0
        return isKnown ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
    }
}
