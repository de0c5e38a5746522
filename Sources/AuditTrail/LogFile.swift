internal import Glibc

/// The open file that lines are appended to.
final class LogFile {
    let path: String
    private let descriptor: Int32
    /// `seq` of the first line; `nil` while there is none, or when it is not understood.
    var firstSequence: Int?
    private(set) var size = 0
    /// Whether the file has a name; somebody may have removed it.
    private(set) var isLinked = true

    /// Takes over `descriptor`, and refuses what is not a file of our own.
    init(descriptor: Int32, path: String) throws(AuditFileError) {
        self.descriptor = descriptor
        self.path = path
        let status = try look()
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            throw AuditFileError(.unsafe, "\(path) must be a regular file of the user \(geteuid())")
        }
        guard status.st_mode & 0o777 == 0o600 || fchmod(descriptor, 0o600) == 0 else {
            throw .system("forbid others to read \(path)")
        }
    }

    deinit { close(descriptor) }

    /// Finds out what became of the file since.
    @discardableResult
    func look() throws(AuditFileError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("examine \(path)") }
        size = Int(status.st_size)
        isLinked = status.st_nlink > 0
        return status
    }

    /// Appends all bytes or none.
    ///
    /// - Throws: the reason; `isTorn` when a part of them is in the file and cannot be taken back.
    func append(_ bytes: [UInt8], isTorn: inout Bool) throws(AuditFileError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                let number = count == 0 ? EIO : errno
                isTorn = written > 0 && ftruncate(descriptor, off_t(size)) != 0
                throw .system("write to \(path)", number)
            }
        }
        size += written
    }

    /// Waits until all that was written is on the disk.
    func sync() throws(AuditFileError) {
        while fdatasync(descriptor) != 0 {
            if errno != EINTR { throw .system("make \(path) durable") }
        }
    }
}
