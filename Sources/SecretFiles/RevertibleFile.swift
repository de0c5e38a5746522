internal import Glibc

/// A file of secrets that can be given back what it held before it was replaced.
///
/// What it held, or that there was none, is kept beside it under a hidden name that has a mark in it, such as
/// `.NAME.MARK.previous`. Every call may be repeated, also after one that was killed on the way: at each moment the file's name holds a
/// complete content. A mark is 1 to 16 letters and digits.
package struct RevertibleFile: Sendable {
    package let file: SecretFile
    private let beforeChange: @Sendable () -> Void

    /// - Parameters:
    ///   - file: the file.
    ///   - beforeChange: called before each change of the disk; for tests.
    package init(_ file: SecretFile, beforeChange: @escaping @Sendable () -> Void = {}) {
        (self.file, self.beforeChange) = (file, beforeChange)
    }

    /// What the file is at one moment.
    package struct Snapshot: Sendable, Hashable {
        package let bytes: [UInt8]
        package let owner: UInt32
        package let group: UInt32
        /// The twelve bits of chmod(2).
        package let mode: UInt32
    }

    /// Writes `content` beside the file; see ``StagedFile/commit(keepingAside:)``.
    ///
    /// What killed runs left beside it is removed first.
    package func stage(_ content: String) throws(SecretFileError) -> StagedFile {
        let folder = try folder()
        if file.isInMemory { try folder.checkThatItIsInMemory() }
        try folder.removeLeftovers(of: file.location, owner: owner)
        return try StagedFile(content, for: file.location, file.permissions, in: folder)
    }

    /// What the file is now; `nil` when there is none.
    ///
    /// - Throws: ``SecretFileError`` for what is no file, or has more than `limit` bytes.
    package func snapshot(limit: Int) throws(SecretFileError) -> Snapshot? {
        let path = file.location.path
        let folder = try folder()
        try folder.check(file.location)
        guard let descriptor = try folder.open(file.location) else { return nil }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .failure("cannot examine \(path)", errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SecretFileError(.unsafePlace, "\(path) is there and is not a file")
        }
        return Snapshot(
            bytes: try FileContent.read(descriptor, of: path, limit: limit),
            owner: status.st_uid,
            group: status.st_gid,
            mode: status.st_mode & 0o7777
        )
    }

    /// Whether a file that is so is as it shall be with this content.
    package func isMet(by snapshot: Snapshot?, content: String) -> Bool {
        guard let snapshot else { return false }
        return snapshot.bytes == Array(content.utf8)
            && file.permissions.match(owner: snapshot.owner, group: snapshot.group, mode: snapshot.mode)
    }

    /// Puts back what is kept under `mark`: the content with its owner and mode, or no file.
    ///
    /// - Returns: whether anything was kept.
    /// - Throws: ``SecretFileError``; the file may be as it was before then, and what is kept is still there.
    package func putBack(_ mark: String) throws(SecretFileError) -> Bool {
        try folder().putBack(file.location, mark, owner: owner)
    }

    /// Removes what is kept under `mark`, if anything is.
    package func forget(_ mark: String) throws(SecretFileError) {
        try folder().forget(file.location, mark)
    }

    /// Removes what is kept under all other marks.
    ///
    /// - Parameters:
    ///   - mark: what is kept under it stays.
    ///   - isMark: whether a text is a mark of the caller's.
    /// - Throws: ``SecretFileError``; some may be removed then.
    package func forgetAll(but mark: String, where isMark: (String) -> Bool) throws(SecretFileError) {
        let folder = try folder()
        for other in try folder.marks(of: file.location, owner: owner) where other != mark && isMark(other) {
            try folder.forget(file.location, other)
        }
    }

    private var owner: UInt32? { file.permissions.owner }

    private func folder() throws(SecretFileError) -> SecretFolder {
        try SecretFolder(file.location.folder, owner: owner, beforeChange: beforeChange)
    }
}
