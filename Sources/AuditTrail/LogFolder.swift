internal import AuditChain
internal import FoundationEssentials
internal import Glibc

/// The folder of the log: it belongs to one daemon at a time, and to nobody else.
final class LogFolder {
    let path: String
    private let descriptor: Int32

    /// Opens and locks the folder, and makes it when there is none.
    init(_ path: String) throws(AuditFileError) {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .system("make the folder \(path)") }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open the folder \(path)") }
        // From here on `deinit` closes it.
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("examine \(path)") }
        guard status.st_uid == geteuid() else {
            throw AuditFileError(.unsafe, "the folder \(path) must belong to the user \(geteuid())")
        }
        guard status.st_mode & 0o777 == 0o700 || fchmod(descriptor, 0o700) == 0 else {
            throw .system("forbid others to use \(path)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            if errno != EWOULDBLOCK { throw .system("lock \(path)") }
            throw AuditFileError(
                .inUse,
                "another process writes the audit log in \(path): stop it, or name another folder"
            )
        }
    }

    deinit {
        // Closing alone would leave the lock to a program that is just being started and has not closed its copy yet.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Opens the file that is written to, and makes it when there is none.
    func openCurrent() throws(AuditFileError) -> LogFile {
        let file = path + "/" + ChainFileName.current
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let opened = openat(descriptor, ChainFileName.current, flags, 0o600)
        guard opened >= 0 else {
            if errno != ELOOP { throw .system("open \(file)") }
            throw AuditFileError(.unsafe, "\(file) must be a regular file and is a symbolic link: remove it")
        }
        let log = try LogFile(descriptor: opened, path: file)
        // The name of a new file is to be as durable as what is written to it.
        try sync()
        return log
    }

    /// Whether `file` is still the one that has its name.
    func isCurrent(_ file: LogFile) throws(AuditFileError) -> Bool {
        var named = stat()
        guard fstatat(descriptor, ChainFileName.current, &named, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return false }
            throw .system("examine \(file.path)")
        }
        let open = try file.look()
        return named.st_ino == open.st_ino && named.st_dev == open.st_dev
    }

    /// Gives the current file its name for good.
    func putAway(as name: ChainFileName) throws(AuditFileError) {
        var status = stat()
        guard fstatat(descriptor, "\(name)", &status, AT_SYMLINK_NOFOLLOW) != 0, errno == ENOENT else {
            throw AuditFileError(.failed, "cannot begin a new file: \(path)/\(name) is there already")
        }
        guard renameat(descriptor, ChainFileName.current, descriptor, "\(name)") == 0 else {
            throw .system("rename \(path)/\(ChainFileName.current) to \(name)")
        }
        try sync()
    }

    func remove(_ name: String) throws(AuditFileError) {
        if unlinkat(descriptor, name, 0) != 0, errno != ENOENT { throw .system("remove \(path)/\(name)") }
    }

    /// Moves all files of the log into a new folder beside them.
    ///
    /// - Returns: its name.
    func moveAside() throws(AuditFileError) -> String {
        let names = try files()
        for number in 1...Self.mostBrokenFolders {
            let folder = "broken-\(number)"
            if mkdirat(descriptor, folder, 0o700) != 0 {
                if errno == EEXIST { continue }
                throw .system("make the folder \(path)/\(folder)")
            }
            for name in names {
                guard renameat(descriptor, name, descriptor, folder + "/" + name) == 0 else {
                    throw .system("move \(path)/\(name) to \(folder)")
                }
            }
            try sync()
            return folder
        }
        throw AuditFileError(
            .failed,
            "cannot begin a new chain: remove the folders broken-1 to \(Self.mostBrokenFolders) in \(path)"
        )
    }

    /// The files that hold lines, the oldest first.
    func files() throws(AuditFileError) -> [String] {
        guard let names = ChainFolder.files(in: path) else { throw .system("list \(path)") }
        return names
    }

    /// The files that were put away, the oldest first.
    func fullFiles() throws(AuditFileError) -> [ChainFileName] {
        try files().compactMap { ChainFileName($0) }.sorted { $0.last < $1.last }
    }

    /// The last bytes of a file, `count` at most, and whether that is all of it.
    func read(_ name: String, last count: Int) throws(AuditFileError) -> (bytes: [UInt8], isWhole: Bool) {
        try read(name) { max(0, $0 - count)..<$0 }
    }

    /// The first bytes of a file, `count` at most.
    func read(_ name: String, first count: Int) throws(AuditFileError) -> [UInt8] {
        try read(name) { 0..<min($0, count) }.bytes
    }

    private func read(
        _ name: String,
        range: (_ size: Int) -> Range<Int>
    ) throws(AuditFileError) -> (bytes: [UInt8], isWhole: Bool) {
        // Not blocking: somebody may have put a pipe there.
        let opened = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard opened >= 0 else { throw .system("read \(path)/\(name)") }
        defer { close(opened) }
        var status = stat()
        guard fstat(opened, &status) == 0 else { throw .system("examine \(path)/\(name)") }
        let size = Int(status.st_size)
        let range = range(size)
        var bytes = [UInt8](repeating: 0, count: range.count)
        let read = bytes.withUnsafeMutableBytes { pread(opened, $0.baseAddress, $0.count, off_t(range.lowerBound)) }
        guard read == bytes.count else { throw .system("read \(path)/\(name)", read < 0 ? errno : EIO) }
        return (bytes, range.count == size)
    }

    private func sync() throws(AuditFileError) {
        guard fsync(descriptor) == 0 else { throw .system("make \(path) durable") }
    }

    /// Somebody should look at them long before.
    private static let mostBrokenFolders = 100
}
