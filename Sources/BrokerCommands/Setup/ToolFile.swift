internal import Glibc
internal import SystemPrograms

/// A configuration file of another program, and the copy of it from before it was changed.
struct ToolFile {
    /// Where links lead: people keep such files elsewhere and link to them.
    let path: String
    /// The file as it was before the first change.
    let backup: String

    /// Bytes of a file at most.
    static let limit = 1 << 20

    init(_ named: String) throws(CommandFailure) {
        // The tool is asked from other folders than this one.
        let path = try Self.absolute(named)
        if let resolved = unsafe realpath(path, nil) {
            defer { unsafe free(resolved) }
            self.path = unsafe String(cString: resolved)
        } else if errno == ENOENT {
            // What is written would take the place of the link, and not of what it leads to.
            var status = stat()
            guard unsafe lstat(path, &status) != 0 else {
                throw CommandFailure(.badInput, "\(path) is a link that leads nowhere")
            }
            self.path = path
        } else {
            throw Self.failure("cannot find \(path)", errno)
        }
        backup = self.path + ".before-iam-broker"
    }

    private static func absolute(_ path: String) throws(CommandFailure) -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let folder = unsafe getcwd(nil, 0) else { throw failure("cannot tell where \(path) is", errno) }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }

    /// The bytes of the file, or of the copy; `nil` when there is none.
    func content(ofBackup: Bool = false) throws(CommandFailure) -> [UInt8]? {
        let path = ofBackup ? backup : path
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else { return nil }
        let bytes = try InputFile(regularFile: path).readAll(limit: Self.limit)
        guard bytes.count <= Self.limit else {
            throw CommandFailure(.badInput, "\(path) is larger than \(Self.limit >> 20) MiB")
        }
        return bytes
    }

    /// What becomes of the copy of the file as it was when the file is replaced.
    enum Copy {
        /// It is made, if there is none yet.
        case make
        case leave
        case remove
    }

    /// Puts `new` in the place of the file, which held `old`, in one step, with its owner and mode.
    ///
    /// A file that is made has this mode.
    func replace(_ old: [UInt8]?, with new: [UInt8], mode: mode_t, copy: Copy) throws(CommandFailure) {
        try makeFolder()
        let lock = try ToolFileLock(path)
        let isFirst = unsafe copy == .make && old != nil && access(backup, F_OK) != 0
        do throws(CommandFailure) {
            try checkIsStill(old)
            // The file may be for others to read; what it says today may be secret when they look at the copy.
            if let old, isFirst { try write(old, to: backup, mode: 0o600, keepsMode: false) }
            try write(new, to: path, mode: mode, holding: old)
        } catch {
            if isFirst { _ = unsafe unlink(backup) }
            throw error
        }
        if copy == .remove { try removeBackup() }
        lock.release()
    }

    /// Puts the file, which holds `now`, back as it was, and takes the copy away.
    func restore(_ now: [UInt8]) throws(CommandFailure) {
        let lock = try ToolFileLock(path)
        let descriptor = unsafe open(backup, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("cannot open \(backup)", errno) }
        defer { _ = close(descriptor) }
        do throws(CommandFailure) {
            try likeFile(descriptor, orElse: 0o600)
            try checkIsStill(now)
            guard unsafe rename(backup, path) == 0 else { throw Self.failure("cannot put \(path) back", errno) }
        } catch {
            _ = fchmod(descriptor, 0o600)
            throw error
        }
        lock.release()
    }

    /// Takes the file away, which holds `now`.
    func remove(_ now: [UInt8]) throws(CommandFailure) {
        let lock = try ToolFileLock(path)
        try checkIsStill(now)
        guard unsafe unlink(path) == 0 else { throw Self.failure("cannot remove \(path)", errno) }
        lock.release()
    }

    func removeBackup() throws(CommandFailure) {
        guard unsafe unlink(backup) == 0 || errno == ENOENT else {
            throw Self.failure("cannot remove \(backup)", errno)
        }
    }

    var folder: String {
        guard let end = path.lastIndex(of: "/") else { return "." }
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    /// Makes the folder of the file, and those above it, for this user alone.
    func makeFolder() throws(CommandFailure) {
        for end in folder.indices.dropFirst() where folder[end] == "/" { try Self.makeFolder(String(folder[..<end])) }
        try Self.makeFolder(folder)
    }

    private static func makeFolder(_ folder: String) throws(CommandFailure) {
        guard unsafe access(folder, F_OK) != 0 else { return }
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw failure("cannot make \(folder)", errno)
        }
    }

    /// Tools write their files at any time: what they wrote since the file was read must not be lost.
    private func checkIsStill(_ bytes: [UInt8]?) throws(CommandFailure) {
        guard try content() == bytes else {
            throw CommandFailure(
                .unavailable,
                "\(path) was changed in the meantime, and is left alone",
                hint: "try again"
            )
        }
    }

    /// Writes the file or its copy; the file only if it holds `old` to the last moment.
    private func write(
        _ bytes: [UInt8],
        to target: String,
        mode: mode_t,
        keepsMode: Bool = true,
        holding old: [UInt8]?? = nil
    ) throws(CommandFailure) {
        let temporary = "\(target).\(String(UInt64.random(in: .min ... .max), radix: 16))"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot write \(temporary)", errno) }
        do throws(CommandFailure) {
            defer { _ = close(descriptor) }
            try likeFile(descriptor, orElse: mode, keepsMode: keepsMode)
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count == 0 || errno != EINTR {
                    throw Self.failure("cannot write \(temporary)", count == 0 ? ENOSPC : errno)
                }
            }
            guard fsync(descriptor) == 0 else { throw Self.failure("cannot write \(temporary)", errno) }
            if case .some(let old) = old { try checkIsStill(old) }
            guard unsafe rename(temporary, target) == 0 else { throw Self.failure("cannot replace \(target)", errno) }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        let folder = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.failure("cannot open the folder of \(target)", errno) }
        defer { _ = close(folder) }
        guard fsync(folder) == 0 else { throw Self.failure("cannot write the folder of \(target)", errno) }
    }

    /// Owner, group and mode of the file that is replaced; without one, or when its own is not kept, this mode.
    private func likeFile(
        _ descriptor: Int32,
        orElse mode: mode_t,
        keepsMode: Bool = true
    ) throws(CommandFailure) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard fchmod(descriptor, mode) == 0 else { throw Self.failure("cannot set the mode of \(path)", errno) }
            return
        }
        if status.st_uid != geteuid() || status.st_gid != getegid() {
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
                throw Self.failure("cannot keep the owner of \(path)", errno)
            }
        }
        guard fchmod(descriptor, keepsMode ? status.st_mode & 0o777 : mode) == 0 else {
            throw Self.failure("cannot keep the mode of \(path)", errno)
        }
    }

    static func failure(_ what: String, _ number: Int32) -> CommandFailure {
        CommandFailure(
            number == EACCES || number == EPERM ? .refused : .internalFailure,
            "\(what): \(SystemError.text(number))"
        )
    }
}
