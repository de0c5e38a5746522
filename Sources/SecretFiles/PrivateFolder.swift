internal import Glibc

/// A folder in which this program keeps files that are for its user alone.
///
/// Nobody else but root can put something into it, so what was checked in it stays as it was.
package struct PrivateFolder: Sendable {
    package let path: String
    private let folder: SecretFolder

    /// Opens the folder, and makes it when it is missing; never those around it.
    ///
    /// - Throws: ``SecretFileError`` when a step of the path is a link or somebody else's, or when others may write to the folder.
    package init(_ path: String) throws(SecretFileError) {
        self.path = path
        let isNew = unsafe mkdir(path, 0o700) == 0
        // EEXIST: what lies there is looked at below. ENOENT: so is what is missing.
        guard isNew || errno == EEXIST || errno == ENOENT else {
            throw .failure("cannot make the folder \(path)", errno)
        }
        folder = try SecretFolder(path, owner: nil)
        var status = stat()
        guard unsafe fstat(folder.number, &status) == 0 else {
            throw .failure("cannot examine the folder \(path)", errno)
        }
        // Root's is accepted by the walk; a sticky one, too, but others can add files to that.
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw SecretFileError(
                .unsafePlace,
                "others may add files to the folder \(path): take that right away: chmod go-w \(path)"
            )
        }
        if isNew { try synchronizeParent() }
    }

    /// Bytes of the file of this name; `nil` when there is none.
    ///
    /// It is not opened: locks of fcntl(2) on it, which SQLite has, would end with the first descriptor that is closed.
    ///
    /// - Throws: ``SecretFileError`` for what is no file of this user that nobody else can read.
    package func size(of name: String) throws(SecretFileError) -> Int? {
        var status = stat()
        guard unsafe fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw .failure("cannot examine \(path)/\(name)", errno) }
            return nil
        }
        try check(status, name)
        return status.st_size
    }

    /// Reads the file of this name, which has exactly as many bytes as `buffer`.
    ///
    /// - Returns: `false` when there is none.
    /// - Throws: ``SecretFileError`` for what is no file of this user that nobody else can read, or has another length.
    package func read(_ name: String, into buffer: inout MutableRawSpan) throws(SecretFileError) -> Bool {
        guard let descriptor = try folder.open(FileLocation("\(path)/\(name)")) else { return false }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .failure("cannot examine \(path)/\(name)", errno) }
        try check(status, name)
        guard status.st_size == buffer.byteCount else {
            throw SecretFileError(
                .unsafePlace,
                "\(path)/\(name) has \(status.st_size) bytes and not \(buffer.byteCount): it is damaged"
            )
        }
        var done = 0
        while done < buffer.byteCount {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
                return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                throw .failure("cannot read \(path)/\(name)", count == 0 ? EIO : errno)
            }
        }
        return true
    }

    /// Makes a file of this name that has all of `content`, and is on the disk, or none at all.
    ///
    /// - Returns: `false` when there is one already, which is left alone.
    package func create(_ name: String, _ content: RawSpan) throws(SecretFileError) -> Bool {
        let location = try FileLocation("\(path)/\(name)")
        let staged = try StagedFile(content, for: location, .secret(), in: folder)
        return try staged.commitUnlessThere()
    }

    /// Makes an empty file that ``adopt(_:as:)`` can give the name `name` when another program has filled it.
    ///
    /// One that is never adopted is found by ``removeLeftovers(of:)``, with what has its name and something behind it.
    ///
    /// - Returns: what it is called until then.
    package func makeTemporaryFile(for name: String) throws(SecretFileError) -> String {
        let location = try FileLocation("\(path)/\(name)")
        let temporaryName = "\(location.temporaryPrefix)\(String(UInt64.random(in: .min ... .max), radix: 16))"
        _ = close(try folder.create(temporaryName, for: location))
        return temporaryName
    }

    /// Gives a file that is complete and on the disk its name.
    ///
    /// - Returns: `false` when that name is another file's, which is left alone.
    package func adopt(_ temporaryName: String, as name: String) throws(SecretFileError) -> Bool {
        try folder.link(temporaryName, as: FileLocation("\(path)/\(name)"))
    }

    /// Removes what runs of this program left beside the file when they were killed.
    package func removeLeftovers(of name: String) throws(SecretFileError) {
        try folder.removeLeftovers(of: FileLocation("\(path)/\(name)"), owner: nil)
    }

    private func check(_ status: stat, _ name: String) throws(SecretFileError) {
        let file = "\(path)/\(name)"
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFLNK: throw SecretFileError(.unsafePlace, "\(file) is a symbolic link: put the file itself there")
        default: throw SecretFileError(.unsafePlace, "\(file) is there and is not a file")
        }
        guard status.st_uid == geteuid() else {
            throw SecretFileError(
                .unsafePlace,
                "\(file) belongs to uid \(status.st_uid) and not to the user of this program (uid \(geteuid()))"
            )
        }
        guard status.st_mode & 0o077 == 0 else {
            throw SecretFileError(
                .unsafePlace,
                "others may read or write \(file), and perhaps did; if not, take that right away: chmod 600 \(file)"
            )
        }
    }

    private func synchronizeParent() throws(SecretFileError) {
        let parent = unsafe openat(folder.number, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw .failure("cannot open the folder around \(path)", errno) }
        defer { _ = close(parent) }
        guard fsync(parent) == 0 else { throw .failure("cannot make the folder \(path) durable", errno) }
    }
}
