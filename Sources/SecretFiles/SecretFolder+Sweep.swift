internal import CLinux
internal import Glibc

extension SecretFolder {
    /// Refuses a folder whose files are on a disk, or may come to be.
    ///
    /// tmpfs may be swapped out, as all memory may.
    func checkThatItIsInMemory() throws(SecretFileError) {
        let type = clinux_file_system_type(number)
        guard type >= 0 else { throw .failure("cannot tell the file system of \(path)", Int32(clamping: -type)) }
        guard type == Self.tmpfs || type == Self.ramfs else {
            throw SecretFileError(
                .unsafePlace,
                "\(path) is not on tmpfs, which is required here: use a folder below /run, or mount a tmpfs there"
            )
        }
    }

    /// linux/magic.h.
    private static let tmpfs: Int64 = 0x0102_1994
    private static let ramfs: Int64 = 0x8584_58F6

    /// Removes the file.
    ///
    /// - Returns: `false` when there was none.
    func removeIfThere(_ file: FileLocation) throws(SecretFileError) -> Bool {
        try removeIfThere(file.name, of: file)
    }

    /// Removes a file of this name, which lies beside `file` or is it.
    ///
    /// - Returns: `false` when there was none.
    func removeIfThere(_ name: String, of file: FileLocation) throws(SecretFileError) -> Bool {
        beforeChange()
        if unsafe unlinkat(number, name, 0) == 0 { return true }
        guard errno == ENOENT else {
            let what = name == file.name ? file.path : "\(name), which lies beside \(file.path)"
            throw .failure("cannot remove \(what)", errno)
        }
        return false
    }

    /// Removes the unfinished files of runs that were killed while they wrote, which are this user's or `owner`'s.
    ///
    /// In a folder where others may write they can choose such names: what is not a file of ours is left alone.
    func removeLeftovers(of file: FileLocation, owner: UInt32?) throws(SecretFileError) {
        var failure: SecretFileError?
        for name in try names() where name.hasPrefix(file.temporaryPrefix) {
            var status = stat()
            guard unsafe fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_uid == geteuid() || status.st_uid == owner
            else { continue }
            beforeChange()
            guard unsafe unlinkat(number, name, 0) == 0 || errno == ENOENT else {
                failure = .failure("cannot remove \(name) in \(path)", errno)
                continue
            }
        }
        if let failure { throw failure }
    }

    /// The names of all that is in the folder, in no order.
    func names() throws(SecretFileError) -> [String] {
        // A descriptor of its own: the stream closes it, and its place in the folder is nobody else's.
        let copy = unsafe openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = unsafe fdopendir(copy) else {
            let code = errno
            if copy >= 0 { _ = close(copy) }
            throw .failure("cannot list \(path)", code)
        }
        defer { _ = unsafe closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
            errno = 0
        }
        guard errno == 0 else { throw .failure("cannot list \(path)", errno) }
        return names
    }
}
