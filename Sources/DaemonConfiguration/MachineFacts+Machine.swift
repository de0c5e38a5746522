package import AccessPolicy
internal import CLinux
internal import Glibc
internal import MessageDigests

extension MachineFacts {
    /// What this machine says, looked up when it is asked for.
    package static let ofThisMachine = MachineFacts(
        hasUser: { Self.hasUser($0) },
        file: { Self.file($0) },
        sha256: { Self.sha256($0) }
    )

    /// The same without reading programs: for the daemon, which has no time for it.
    package static let withoutDigests = MachineFacts(
        hasUser: { Self.hasUser($0) },
        file: { Self.file($0) },
        sha256: { _ in nil }
    )

    private static func hasUser(_ id: UInt32) -> Bool {
        // Entries are a line of text; a service that answers more than this is not believed to know the user.
        var entry = unsafe passwd()
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) { buffer in
            guard let bytes = buffer.baseAddress else { return true }
            var found: UnsafeMutablePointer<passwd>?
            let code = unsafe getpwuid_r(id, &entry, bytes, buffer.count, &found)
            // Without an answer nobody is accused.
            return unsafe code != 0 || found != nil
        }
    }

    private static func file(_ path: String) -> FileFacts? {
        var status = clinux_file_status()
        guard unsafe clinux_read_status(AT_FDCWD, path, Int32(CLINUX_NO_FOLLOW), &status) >= 0 else { return nil }
        let kind: FileFacts.Kind =
            switch status.mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFLNK: .symbolicLink
            default: .other
            }
        return FileFacts(
            kind: kind,
            isExecutable: status.mode & 0o111 != 0,
            ownerID: status.owner,
            isWritableByOthers: status.mode & 0o022 != 0
        )
    }

    /// The digest of a regular file of 256 MiB at most.
    private static func sha256(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = clinux_file_status()
        guard unsafe clinux_read_status(descriptor, "", 0, &status) >= 0, status.mode & S_IFMT == S_IFREG,
            status.size <= 256 << 20,
            let hash = try? SHA256()
        else { return nil }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var remaining = Int(status.size)
        while remaining > 0 {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0, (try? hash.update(chunk[..<count])) != nil else { return nil }
            remaining -= count
        }
        return try? hash.finish().hexadecimal
    }
}
