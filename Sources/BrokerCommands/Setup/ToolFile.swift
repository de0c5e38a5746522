internal import Glibc
internal import SystemPrograms

/// A configuration file of another program, and the copy of it from before it was changed.
struct ToolFile {
    /// Where links lead: people keep such files elsewhere and link to them.
    let path: String
    /// The file as it was before the first change.
    let backup: String

    init(_ path: String) throws(CommandFailure) {
        if let resolved = unsafe realpath(path, nil) {
            defer { unsafe free(resolved) }
            self.path = unsafe String(cString: resolved)
        } else if errno == ENOENT {
            self.path = path
        } else {
            throw Self.failure("cannot find \(path)", errno)
        }
        backup = self.path + ".before-iam-broker"
    }

    /// The bytes of the file, or of the copy; `nil` when there is none.
    func content(ofBackup: Bool = false) throws(CommandFailure) -> [UInt8]? {
        let path = ofBackup ? backup : path
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else { return nil }
        let bytes = try InputFile(regularFile: path).readAll(limit: DockerConfiguration.limit)
        guard bytes.count <= DockerConfiguration.limit else {
            throw CommandFailure(.badInput, "\(path) is larger than \(DockerConfiguration.limit >> 20) MiB")
        }
        return bytes
    }

    /// Puts `text` in the place of the file in one step, with its owner and mode; keeps a copy of what was there first.
    func replace(with text: String) throws(CommandFailure) {
        try makeFolder()
        let old = try content()
        if let old, unsafe access(backup, F_OK) != 0 { try write(old, to: backup) }
        try write(Array(text.utf8), to: path)
    }

    /// Puts the file back as it was, and takes the copy away.
    func restore() throws(CommandFailure) {
        guard unsafe rename(backup, path) == 0 else { throw Self.failure("cannot put \(path) back", errno) }
    }

    func remove() throws(CommandFailure) {
        guard unsafe unlink(path) == 0 else { throw Self.failure("cannot remove \(path)", errno) }
    }

    func removeBackup() throws(CommandFailure) {
        guard unsafe unlink(backup) == 0 || errno == ENOENT else {
            throw Self.failure("cannot remove \(backup)", errno)
        }
    }

    private var folder: String {
        path.split(separator: "/").count > 1 ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
    }

    private func makeFolder() throws(CommandFailure) {
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw Self.failure("cannot make \(folder)", errno)
        }
    }

    private func write(_ bytes: [UInt8], to target: String) throws(CommandFailure) {
        let temporary = "\(target).\(String(UInt64.random(in: .min ... .max), radix: 16))"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot write \(temporary)", errno) }
        do throws(CommandFailure) {
            defer { _ = close(descriptor) }
            try likeFile(descriptor)
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

    /// Owner, group and mode of the file that is replaced; without one, for this user alone.
    private func likeFile(_ descriptor: Int32) throws(CommandFailure) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return }
        if status.st_uid != geteuid() || status.st_gid != getegid() {
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
                throw Self.failure("cannot keep the owner of \(path)", errno)
            }
        }
        guard fchmod(descriptor, status.st_mode & 0o777) == 0 else {
            throw Self.failure("cannot keep the mode of \(path)", errno)
        }
    }

    private static func failure(_ what: String, _ number: Int32) -> CommandFailure {
        CommandFailure(
            number == EACCES || number == EPERM ? .refused : .internalFailure,
            "\(what): \(SystemError.text(number))"
        )
    }
}
