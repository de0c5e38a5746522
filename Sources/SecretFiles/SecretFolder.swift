internal import Glibc

/// A folder that secrets lie in.
///
/// It stays open, so that nothing that happens to its path meanwhile leads elsewhere.
package final class SecretFolder: Sendable {
    let path: String
    let number: Int32
    /// Which folder it is, by whatever path it was found.
    package let identity: [UInt64]
    /// Called before each change of the disk, so that a test can look at every state that a killed run may leave.
    let beforeChange: @Sendable () -> Void

    /// Opens the folder, one step of its path after the other.
    ///
    /// Who could replace a step could make secrets be written elsewhere. So no step may be a link, and each must belong to root or to
    /// this user and be writable by nobody else; the last may also belong to `owner`, whose the files shall be. In a sticky
    /// folder others may write, but not replace what is not theirs.
    package init(
        _ path: String,
        owner: UInt32?,
        beforeChange: @escaping @Sendable () -> Void = {}
    ) throws(SecretFileError) {
        self.beforeChange = beforeChange
        var steps = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        if !path.hasPrefix("/") { steps = try Self.workingFolder.split(separator: "/").map(String.init) + steps }
        var folder = OpenFolder(number: unsafe Glibc.open("/", Self.search))
        var place = "/"
        try folder.check(place, owner: steps.isEmpty ? owner : nil)
        for (index, step) in steps.enumerated() {
            place += (index == 0 ? "" : "/") + step
            let isLast = index == steps.count - 1
            folder = OpenFolder(number: unsafe openat(folder.number, step, isLast ? Self.read : Self.search))
            try folder.check(place, owner: isLast ? owner : nil)
        }
        if steps.isEmpty { folder = OpenFolder(number: unsafe Glibc.open("/", Self.read)) }
        let status = try folder.status(place)
        identity = [UInt64(status.st_dev), UInt64(status.st_ino)]
        self.path = path
        number = folder.take()
    }

    private static let read = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    /// `O_PATH` of open(2), which Swift's Glibc does not have: to go through a folder it need not be readable.
    private static let search: Int32 = 0o10_000_000 | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    private static var workingFolder: String {
        get throws(SecretFileError) {
            guard let text = unsafe getcwd(nil, 0) else {
                throw .failure("cannot tell the working folder", errno)
            }
            defer { unsafe free(text) }
            return unsafe String(cString: text)
        }
    }

    /// A folder on the way, closed when the next one is open.
    private struct OpenFolder: ~Copyable {
        let number: Int32
        /// Of the attempt to open it.
        private let code = errno

        init(number: Int32) {
            self.number = number
        }

        deinit { if number >= 0 { _ = close(number) } }

        consuming func take() -> Int32 {
            let number = number
            discard self
            return number
        }

        func status(_ place: String) throws(SecretFileError) -> stat {
            guard number >= 0 else {
                guard code != ENOENT else { throw SecretFileError(.noFolder, "there is no folder \(place)") }
                guard code == ENOTDIR || code == ELOOP else {
                    throw .failure("cannot open the folder \(place)", code)
                }
                throw SecretFileError(
                    .unsafePlace,
                    "\(place) is a symbolic link or no folder: name the folder that it leads to"
                )
            }
            var status = stat()
            guard unsafe fstat(number, &status) == 0 else {
                throw .failure("cannot examine the folder \(place)", errno)
            }
            return status
        }

        func check(_ place: String, owner: UInt32?) throws(SecretFileError) {
            let status = try status(place)
            guard status.st_uid == 0 || status.st_uid == geteuid() || status.st_uid == owner else {
                throw SecretFileError(
                    .unsafePlace,
                    "the folder \(place) belongs to uid \(status.st_uid), who could lead secrets elsewhere: give it to root"
                )
            }
            guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 || status.st_mode & S_ISVTX != 0 else {
                throw SecretFileError(
                    .unsafePlace,
                    "others may write to the folder \(place): a secret is not safe there; take that right away: chmod go-w"
                )
            }
        }
    }

    deinit { _ = close(number) }

    /// Refuses a name under which something other than a file lies.
    func check(_ file: FileLocation) throws(SecretFileError) {
        var status = stat()
        guard unsafe fstatat(number, file.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw .failure("cannot examine \(file.path)", errno) }
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFLNK:
            throw SecretFileError(.unsafePlace, "\(file.path) is a symbolic link: name the file that it leads to")
        default: throw SecretFileError(.unsafePlace, "\(file.path) is there and is not a file")
        }
    }

    /// Makes a new file that nobody else can open.
    func create(_ name: String, for file: FileLocation) throws(SecretFileError) -> Int32 {
        beforeChange()
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = unsafe openat(number, name, flags, 0o600)
        guard descriptor >= 0 else { throw .failure("cannot make a file beside \(file.path)", errno) }
        return descriptor
    }

    /// Puts the file `name` in the place of `file`, or of nothing.
    func rename(_ name: String, to file: FileLocation) throws(SecretFileError) {
        beforeChange()
        guard unsafe renameat(number, name, number, file.name) == 0 else {
            throw .failure("cannot replace \(file.path)", errno)
        }
    }

    /// Gives the file `name` the name of `file`, unless something has that.
    ///
    /// - Returns: `false` when something has it; the file keeps its name then.
    func link(_ name: String, as file: FileLocation) throws(SecretFileError) -> Bool {
        beforeChange()
        guard unsafe linkat(number, name, number, file.name, 0) == 0 else {
            guard errno == EEXIST else { throw .failure("cannot make \(file.path)", errno) }
            return false
        }
        remove(name)
        try synchronize()
        return true
    }

    /// Makes the names in the folder last through a crash.
    func synchronize() throws(SecretFileError) {
        beforeChange()
        guard fsync(number) == 0 else { throw .failure("cannot make the folder \(path) durable", errno) }
    }

    func remove(_ name: String) {
        beforeChange()
        _ = unsafe unlinkat(number, name, 0)
    }

    /// Opens a file for reading; `nil` when there is none.
    package func open(_ file: FileLocation) throws(SecretFileError) -> Int32? {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let descriptor = unsafe openat(number, file.name, flags)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw .failure("cannot read \(file.path)", errno) }
            return nil
        }
        return descriptor
    }
}
