internal import Glibc
internal import SystemPrograms

/// A user of this machine, as the kernel knows it.
struct SystemUser: Sendable, Equatable {
    let uid: UInt32
    /// Its name, when it was asked for by name.
    let name: String?

    /// For people: `iam-broker (uid 869)`.
    var description: String {
        name.map { "\(TerminalText.escaping($0)) (uid \(uid))" } ?? "uid \(uid)"
    }

    /// The user with this number, which need not be known by a name, or with this name.
    init(_ text: String) throws(CommandFailure) {
        if let number = UInt32(text), number != .max {
            self.init(uid: number, name: nil)
            return
        }
        guard let uid = try Self.uid(of: text) else {
            throw CommandFailure(
                .badConfiguration,
                "this machine has no user \(TerminalText.quoting(text))",
                hint: Self.hint(text)
            )
        }
        self.init(uid: uid, name: text)
    }

    init(uid: UInt32, name: String?) {
        self.uid = uid
        self.name = name
    }

    /// What `useradd --system` chooses by itself, 999 and down, is what images of databases choose, too: their programs would
    /// be taken for the broker.
    private static let ownNumber = 869

    private static func hint(_ name: String) -> String {
        let isPlain =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        guard isPlain else { return "give the name or the number of the user that iam-brokerd runs as" }
        return "give the user that iam-brokerd runs as with --user, or make this one: "
            + "useradd --system --uid \(ownNumber) --user-group --no-create-home --shell /usr/sbin/nologin \(name)"
    }

    private static func uid(of name: String) throws(CommandFailure) -> UInt32? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1_024)
        while true {
            let code = unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found)
            switch code {
            case 0, ENOENT, ESRCH: return unsafe found == nil ? nil : unsafe entry.pw_uid
            case EINTR: continue
            default:
                throw CommandFailure(
                    .unavailable,
                    "cannot look up the user \(TerminalText.quoting(name)): \(SystemError.text(code))"
                )
            }
        }
    }
}
