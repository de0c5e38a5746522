internal import AccessPolicy
internal import FoundationEssentials
internal import JOSE
internal import TokenBroker

/// The text of `locks.json`.
///
/// ```json
/// {"all":{"by":0,"since":1795467108},"profiles":{"reports":{"by":0,"since":1795467000}},"version":1}
/// ```
enum LockDocument {
    private struct Wire: Encodable {
        var version = 1
        var all: Lock?
        var profiles: [String: Lock]

        struct Lock: Encodable {
            /// In seconds since 1970.
            var since: Int
            /// The operator's user ID.
            var by: UInt32

            init(_ lock: ProfileLock) {
                (since, by) = (Int(lock.since.timeIntervalSince1970), lock.by)
            }
        }
    }

    /// Bytes at most: room for thousands of profiles.
    static let sizeLimit = 1_024 * 1_024

    static func bytes(_ locks: LockSet) throws -> [UInt8] {
        let profiles = locks.profiles.map { ($0.key.rawValue, Wire.Lock($0.value)) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let wire = Wire(all: locks.all.map(Wire.Lock.init), profiles: .init(profiles, uniquingKeysWith: { $1 }))
        return [UInt8](try encoder.encode(wire)) + Array("\n".utf8)
    }

    /// The locks, or `nil` when anything in the text is not understood.
    ///
    /// What is not understood might be a lock, so nothing is skipped.
    static func locks(parsing bytes: [UInt8]) -> LockSet? {
        guard let document = try? JSONDocument(parsing: bytes, limits: JSONLimits(size: sizeLimit)),
            let members = document.root.members, members.allSatisfy({ known.contains($0.name) }),
            document.root["version"]?.integer == 1, let profiles = document.root["profiles"]?.members
        else { return nil }
        var locks = LockSet()
        if let all = document.root["all"] {
            guard let lock = lock(all) else { return nil }
            locks.all = lock
        }
        for member in profiles {
            guard let name = ProfileName(member.name), let lock = lock(member.value) else { return nil }
            locks.profiles[name] = lock
        }
        return locks
    }

    private static func lock(_ value: JSONValue) -> ProfileLock? {
        guard value.members?.count == 2, let since = value["since"]?.integer, times.contains(since),
            let by = value["by"]?.integer.flatMap({ UInt32(exactly: $0) })
        else { return nil }
        return ProfileLock(since: Date(timeIntervalSince1970: TimeInterval(since)), by: by)
    }

    private static let known: Set = ["version", "all", "profiles"]
    /// From 1970 to 9999.
    private static let times = 0...253_402_300_799
}
