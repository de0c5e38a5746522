internal import Glibc

/// One file that programs read a secret from, and that this program alone writes.
///
/// It is replaced as a whole: who reads it sees the old content or the new, never a part of one.
package struct SecretFile: Sendable, Hashable {
    package let location: FileLocation
    package let permissions: FilePermissions
    /// Whether the folder must be on a file system that is in memory only: tmpfs or ramfs.
    package let isInMemory: Bool

    package init(location: FileLocation, permissions: FilePermissions, isInMemory: Bool = false) {
        (self.location, self.permissions, self.isInMemory) = (location, permissions, isInMemory)
    }

    /// Writes `content` beside the file, under a name that nobody knows.
    package func stage(_ content: String) throws(SecretFileError) -> StagedFile {
        let folder = try SecretFolder(location.folder, owner: permissions.owner)
        if isInMemory { try folder.checkThatItIsInMemory() }
        return try StagedFile(content, for: location, permissions, in: folder)
    }

    /// What lies under the file's name.
    package enum Content: Sendable {
        case text(String)
        case absent
        /// Owner, group or mode are not what they shall be.
        case otherPermissions
        /// Something other than a file, or one that is larger than the limit.
        case noFile
    }

    /// Reads the file.
    ///
    /// - Parameter limit: bytes at most.
    /// - Returns: the text, or why there is none that could be used.
    /// - Throws: ``SecretFileError`` when the folder is not safe or the system does not let it be read.
    package func content(limit: Int) throws(SecretFileError) -> Content {
        guard let descriptor = try openFolder()?.open(location) else { return .absent }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .failure("cannot examine \(location.path)", errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { return .noFile }
        guard permissions.match(owner: status.st_uid, group: status.st_gid, mode: status.st_mode) else {
            return .otherPermissions
        }
        let bytes = try FileContent.read(descriptor, of: location.path, limit: limit)
        return .text(String(decoding: bytes, as: UTF8.self))
    }

    /// When the file was last written, in whole seconds since 1970; `nil` when there is none.
    package func modificationTime() throws(SecretFileError) -> Int? {
        guard let descriptor = try openFolder()?.open(location) else { return nil }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .failure("cannot examine \(location.path)", errno)
        }
        return status.st_mtim.tv_sec
    }

    /// The bytes of a file that this program or root keeps in a safe place; `nil` when there is none.
    ///
    /// - Throws: ``SecretFileError`` when the place is not safe, or what lies there is no file of at most `limit` bytes.
    package static func bytes(of location: FileLocation, limit: Int) throws(SecretFileError) -> [UInt8]? {
        guard let descriptor = try SecretFolder(location.folder, owner: nil).open(location) else { return nil }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SecretFileError(.unsafePlace, "\(location.path) is not a file")
        }
        return try FileContent.read(descriptor, of: location.path, limit: limit)
    }

    /// Removes the file, and then what earlier runs of this program left beside it when they were killed.
    ///
    /// - Returns: whether there was a file.
    /// - Throws: ``SecretFileError`` when the file is still there; what lies beside it keeps nobody from removing the file.
    @discardableResult
    package func remove() throws(SecretFileError) -> Bool {
        guard let folder = try openFolder() else { return false }
        try folder.check(location)
        let wasThere = try folder.removeIfThere(location)
        if wasThere { try folder.synchronize() }
        try folder.removeLeftovers(of: location, owner: permissions.owner)
        return wasThere
    }

    /// Removes what earlier runs of this program left beside the file when they were killed.
    package func removeLeftovers() throws(SecretFileError) {
        try openFolder()?.removeLeftovers(of: location, owner: permissions.owner)
    }

    /// The folder, on whatever file system it is; `nil` when there is none.
    private func openFolder() throws(SecretFileError) -> SecretFolder? {
        do throws(SecretFileError) {
            return try SecretFolder(location.folder, owner: permissions.owner)
        } catch {
            guard error.code == .noFolder else { throw error }
            return nil
        }
    }
}
