internal import FoundationEssentials
internal import Glibc

/// Processes that the firewall takes for the broker because they run as its user.
///
/// Those in another network namespace, as most containers have, are none of them: their packets are forwarded, and rejected
/// whoever sends them.
struct OtherProcesses: Sendable, Equatable, CustomStringConvertible {
    let processID: Int32
    let name: String

    /// For people: `process 4711 (postgres)`.
    var description: String { "process \(processID) (\(TerminalText.escaping(name)))" }

    /// How many are told.
    private static let limit = 5

    /// The first few; nothing for root, who is everywhere.
    ///
    /// What ends meanwhile is left out. Without permission to see another user's network namespace its processes count.
    static func all(as broker: SystemUser, daemon: String = "iam-brokerd") throws(CommandFailure) -> [Self] {
        guard broker.uid != 0 else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
        } catch {
            throw CommandFailure(.unavailable, "cannot list /proc: \(error)")
        }
        guard let own = namespace(of: "self") else {
            throw CommandFailure(.unavailable, "cannot read the network namespace of this process")
        }
        var found: [Self] = []
        for processID in names.compactMap(Int32.init).sorted() where processID != getpid() && found.count < limit {
            guard let status = contents(of: "/proc/\(processID)/status"), runs(status, as: broker.uid),
                let name = field("Name", of: status), name != daemon,
                field("State", of: status)?.hasPrefix("Z") == false
            else { continue }
            let other = namespace(of: "\(processID)")
            guard other == nil || other == own else { continue }
            found.append(Self(processID: processID, name: name))
        }
        return found
    }

    /// Whether any of the real, effective, saved and file system user is `uid`: each may make sockets of it.
    static func runs(_ status: String, as uid: UInt32) -> Bool {
        field("Uid", of: status)?.split(separator: "\t").contains { UInt32($0) == uid } ?? false
    }

    private static func field(_ name: String, of status: String) -> String? {
        status.split(separator: "\n").first { $0.hasPrefix("\(name):\t") }
            .map { String($0.dropFirst(name.utf8.count + 2)) }
    }

    private static func contents(of path: String) -> String? {
        do { return String(decoding: try InputFile(path: path).readAll(limit: 1 << 20), as: UTF8.self) } catch {
            return nil
        }
    }

    private static func namespace(of process: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/net")
    }
}
