internal import ArgumentParser
internal import Glibc
internal import SystemPrograms

/// A group of this machine, as the kernel knows it.
struct SystemGroup: Sendable, Equatable {
    let gid: UInt32

    /// The group with this number, which need not be known by a name, or with this name.
    init(_ text: String) throws(CommandFailure) {
        if let number = UInt32(text), number != .max {
            gid = number
            return
        }
        guard let gid = try Self.gid(of: text) else {
            throw CommandFailure(
                .badConfiguration,
                "this machine has no group \(TerminalText.quoting(text))",
                hint: "give the group of the programs that read the files"
            )
        }
        self.gid = gid
    }

    private static func gid(of name: String) throws(CommandFailure) -> UInt32? {
        var entry = unsafe Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        // A group with many members has a long entry.
        var buffer = [CChar](repeating: 0, count: 1_024 * 1_024)
        while true {
            let code = unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &found)
            switch code {
            case 0, ENOENT, ESRCH: return unsafe found == nil ? nil : unsafe entry.gr_gid
            case EINTR: continue
            default:
                throw CommandFailure(
                    .unavailable,
                    "cannot look up the group \(TerminalText.quoting(name)): \(SystemError.text(code))"
                )
            }
        }
    }
}
