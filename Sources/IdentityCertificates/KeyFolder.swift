internal import Glibc

/// A folder that keys lie in.
///
/// It stays open, so that nothing that happens to its path meanwhile leads elsewhere.
final class KeyFolder: Sendable {
    private let path: String
    private let number: Int32
    /// Which folder it is, by whatever path it was found.
    let identity: [UInt64]

    /// Opens the folder; one that others may write, who could then replace what is in it, is refused.
    init(_ path: String) throws(CertificateError) {
        let number = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw Self.failure("cannot open the folder \(path)", errno) }
        var status = stat()
        let code = unsafe fstat(number, &status) == 0 ? 0 : errno
        guard code == 0, status.st_mode & S_IWOTH == 0 || status.st_mode & S_ISVTX != 0 else {
            _ = close(number)
            guard code == 0 else { throw Self.failure("cannot examine the folder \(path)", code) }
            throw CertificateError(
                .unsafePlace,
                "everybody may write to the folder \(path): a key is not safe there; take that right away: chmod o-w"
            )
        }
        (self.path, self.number, identity) = (path, number, [UInt64(status.st_dev), UInt64(status.st_ino)])
    }

    deinit { _ = close(number) }

    /// Refuses a name under which something other than a file lies.
    func check(_ file: FileLocation) throws(CertificateError) {
        var status = stat()
        guard unsafe fstatat(number, file.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw Self.failure("cannot examine \(file.path)", errno) }
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFLNK:
            throw CertificateError(.unsafePlace, "\(file.path) is a symbolic link: name the file that it leads to")
        default: throw CertificateError(.unsafePlace, "\(file.path) is there and is not a file")
        }
    }

    /// Makes a new file that nobody else can open.
    func create(_ name: String, for file: FileLocation) throws(CertificateError) -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = unsafe openat(number, name, flags, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot make a file beside \(file.path)", errno) }
        return descriptor
    }

    /// Puts the file `name` in the place of `file`, or of nothing.
    func rename(_ name: String, to file: FileLocation) throws(CertificateError) {
        guard unsafe renameat(number, name, number, file.name) == 0 else {
            throw Self.failure("cannot replace \(file.path)", errno)
        }
    }

    /// Makes the names in the folder last through a crash.
    func synchronize() throws(CertificateError) {
        guard fsync(number) == 0 else { throw Self.failure("cannot make the folder \(path) durable", errno) }
    }

    func remove(_ name: String) {
        _ = unsafe unlinkat(number, name, 0)
    }

    /// Opens a file for reading; `nil` when there is none.
    func open(_ file: FileLocation) throws(CertificateError) -> Int32? {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let descriptor = unsafe openat(number, file.name, flags)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw Self.failure("cannot read \(file.path)", errno) }
            return nil
        }
        return descriptor
    }

    static func failure(_ what: String, _ errorNumber: Int32) -> CertificateError {
        let reason = unsafe strerror(errorNumber).map { unsafe String(cString: $0).lowercased() }
        return CertificateError(.fileFailure, "\(what): \(reason ?? "error \(errorNumber)")")
    }
}
