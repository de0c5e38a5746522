internal import Glibc

/// A file that is written, but does not have its name yet.
///
/// Unless it gets its name it is removed with this object.
package final class StagedFile {
    private let folder: SecretFolder
    private let file: FileLocation
    private let permissions: FilePermissions
    private let temporaryName: String
    /// Whether it does not have its name yet.
    package private(set) var isPending = true

    /// Writes `content` to a new file in the folder of `file`.
    package convenience init(
        _ content: String,
        for file: FileLocation,
        _ permissions: FilePermissions,
        in folder: SecretFolder
    ) throws(SecretFileError) {
        try unsafe self.init(Array(content.utf8).span.bytes, for: file, permissions, in: folder)
    }

    /// Writes `content` to a new file in the folder of `file`.
    init(
        _ content: RawSpan,
        for file: FileLocation,
        _ permissions: FilePermissions,
        in folder: SecretFolder
    ) throws(SecretFileError) {
        try folder.check(file)
        (self.folder, self.file, self.permissions) = (folder, file, permissions)
        temporaryName = "\(file.temporaryPrefix)\(String(UInt64.random(in: .min ... .max), radix: 16))"
        let descriptor: Int32
        do {
            descriptor = try folder.create(temporaryName, for: file)
        } catch {
            isPending = false
            throw error
        }
        defer { _ = close(descriptor) }
        try set(permissions, of: descriptor)
        try write(content, to: descriptor)
        folder.beforeChange()
        guard fsync(descriptor) == 0 else { throw .failure("cannot write \(file.path)", errno) }
    }

    deinit {
        if isPending { folder.remove(temporaryName) }
    }

    /// Where the content lies until then, for programs that look at it first.
    package var path: String { "\(file.folder == "/" ? "" : file.folder)/\(temporaryName)" }

    /// Gives the file its name, in the place of what had it.
    package func commit() throws(SecretFileError) {
        try folder.rename(temporaryName, to: file)
        isPending = false
        try folder.synchronize()
    }

    /// Gives the file its name, unless something has it.
    ///
    /// - Returns: whether it got the name.
    func commitUnlessThere() throws(SecretFileError) -> Bool {
        guard try folder.link(temporaryName, as: file) else { return false }
        isPending = false
        return true
    }

    /// The same as ``commit()``, and keeps aside what had the name, unless something is kept under `mark` already; see ``RevertibleFile``.
    package func commit(keepingAside mark: String) throws(SecretFileError) {
        try folder.keepAside(file, mark, owner: permissions.owner)
        try commit()
    }

    private func set(_ permissions: FilePermissions, of descriptor: Int32) throws(SecretFileError) {
        if permissions.owner != nil || permissions.group != nil {
            folder.beforeChange()
            // chown(2): all bits set leaves it as it is.
            guard fchown(descriptor, permissions.owner ?? .max, permissions.group ?? .max) == 0 else {
                throw .failure("cannot give \(file.path) to another owner or group", errno)
            }
        }
        folder.beforeChange()
        guard fchmod(descriptor, permissions.mode) == 0 else {
            throw .failure("cannot set the mode of \(file.path)", errno)
        }
    }

    private func write(_ content: RawSpan, to descriptor: Int32) throws(SecretFileError) {
        var done = 0
        while done < content.byteCount {
            folder.beforeChange()
            let count = unsafe content.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                throw .failure("cannot write \(file.path)", count == 0 ? ENOSPC : errno)
            }
        }
    }
}
