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
        if unsafe unlinkat(number, file.name, 0) == 0 { return true }
        guard errno == ENOENT else { throw .failure("cannot remove \(file.path)", errno) }
        return false
    }

    /// Removes the unfinished files of a run that was killed while it wrote.
    func removeLeftovers(of file: FileLocation) throws(SecretFileError) {
        // A descriptor of its own: the stream closes it, and its place in the folder is nobody else's.
        let copy = unsafe openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = unsafe fdopendir(copy) else {
            let code = errno
            if copy >= 0 { _ = close(copy) }
            throw .failure("cannot list \(path)", code)
        }
        defer { _ = unsafe closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(file.temporaryPrefix) else { continue }
            guard unsafe unlinkat(number, name, 0) == 0 || errno == ENOENT else {
                throw .failure("cannot remove \(name) in \(path)", errno)
            }
        }
    }
}
