internal import FoundationEssentials
internal import Glibc

/// What tells this machine from its neighbours, for the splay of schedules: the same after each start, and no secret.
enum MachineIdentity {
    /// The host name, and the ID that the system gave itself at its first boot (machine-id(5)).
    static var text: String {
        var name = [CChar](repeating: 0, count: 256)
        let isKnown = unsafe gethostname(&name, name.count - 1) == 0
        let host = isKnown ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
        // Images that were cloned with their ID still differ in their names.
        let id = (try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)) ?? ""
        return "\(host)/\(id.filter(\.isHexDigit))"
    }
}
